//! `tollgate report`, and the reports any judging command writes.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use tollgate::judge::{Judgement, Strictness, judge};
use tollgate::report::{self, Format, Style};

use crate::args::{Colour, Global, Output, Report};
use crate::exit::Exit;
use crate::output::{note, result, style};
use crate::project;

/// Where a judgement goes beside the terminal.
pub struct Reports {
    style: Style,
    files: Vec<(Format, PathBuf)>,
}

impl Reports {
    pub fn parse(output: &Output, colour: Colour) -> Result<Reports> {
        let files = output.reports.iter().map(|text| wanted(text)).collect::<Result<_>>()?;
        Ok(Reports { style: style(colour, output.quiet), files })
    }

    /// The terminal report, the files asked for, and what GitHub shows by itself.
    pub fn write(&self, judgement: &Judgement) -> Result<()> {
        let shown = result(&report::render(judgement, Format::Terminal, &self.style));
        let mut written = shown.and(self.github(judgement));
        for (format, path) in &self.files {
            let text = report::render(judgement, *format, &plain());
            let own = std::fs::write(path, text)
                .with_context(|| format!("could not write the report {}", path.display()));
            written = written.and(own);
        }
        written
    }

    fn github(&self, judgement: &Judgement) -> Result<()> {
        use std::io::Write as _;
        if std::env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true") {
            result(&report::render(judgement, Format::GithubAnnotations, &plain()))?;
        }
        if let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty())
        {
            let text = report::render(judgement, Format::GithubSummary, &plain());
            std::fs::OpenOptions::new()
                .append(true)
                .create(true)
                .open(&path)
                .and_then(|mut file| file.write_all(text.as_bytes()))
                .with_context(|| format!("could not write the step summary {path:?}"))?;
        }
        Ok(())
    }
}

fn plain() -> Style {
    Style { colour: false, width: 100, quiet: false }
}

fn wanted(text: &str) -> Result<(Format, PathBuf)> {
    let (name, path) = text
        .split_once('=')
        .ok_or_else(|| anyhow!("`--report {text}` is not FORMAT=FILE, such as junit=report.xml"))?;
    if path.is_empty() {
        bail!("`--report {text}` names no file");
    }
    let path = PathBuf::from(path);
    // Told before anything is measured, not after.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        bail!("`--report {text}`: there is no folder {}", folder.display());
    }
    if path.is_dir() {
        bail!("`--report {text}`: {} is a folder", path.display());
    }
    Ok((format(name)?, path))
}

/// A report format by name.
pub fn format(name: &str) -> Result<Format> {
    Format::parse(name).ok_or_else(|| {
        let known: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
        anyhow!("there is no report format `{name}`; formats: {}", known.join(", "))
    })
}

pub fn report(global: &Global, args: &Report) -> Result<Exit> {
    let format = format(&args.format)?;
    let path = Path::new(&args.run);
    let judgement = if path.is_file() {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("could not read {}", path.display()))?;
        report::from_json(&text).with_context(|| format!("could not read {}", path.display()))?
    } else {
        stored(global, &args.run).with_context(|| match path.extension() {
            Some(_) => format!("there is no file {}", path.display()),
            None => format!("could not report run `{}`", args.run),
        })?
    };
    let style = if format == Format::Terminal { style(global.color, args.quiet) } else { plain() };
    result(&report::render(&judgement, format, &style))?;
    Ok(Exit::Within)
}

fn stored(global: &Global, run: &str) -> Result<Judgement> {
    let history = project::stored(global)?;
    let head = history.head(run)?;
    if let Some(judgement) = history.judgement(&head.id)? {
        return Ok(judgement);
    }
    note(&format!("run {} was never judged; it is now, by the budgets stored with it", head.id));
    let run = history.load(&head.id)?;
    let baselines = super::baseline::wanted(&history, &run, None)?;
    Ok(judge(&run, &baselines, Strictness::Usual))
}
