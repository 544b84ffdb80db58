//! `tollgate report`, and the reports any judging command writes.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use tollgate::history::History;
use tollgate::judge::Judgement;
use tollgate::report::{self, Format, Style};

use crate::args::{Colour, Global, Output, Report};
use crate::exit::Exit;
use crate::output::{result, style};
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
        result(&report::render(judgement, Format::Terminal, &self.style));
        for (format, path) in &self.files {
            let text = report::render(judgement, *format, &plain());
            std::fs::write(path, text)
                .with_context(|| format!("could not write the report {}", path.display()))?;
        }
        self.github(judgement)
    }

    fn github(&self, judgement: &Judgement) -> Result<()> {
        use std::io::Write as _;
        if let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY") {
            let text = report::render(judgement, Format::GithubSummary, &plain());
            std::fs::OpenOptions::new()
                .append(true)
                .create(true)
                .open(&path)
                .and_then(|mut file| file.write_all(text.as_bytes()))
                .with_context(|| format!("could not write the step summary {path:?}"))?;
        }
        if std::env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true") {
            result(&report::render(judgement, Format::GithubAnnotations, &plain()));
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
    Ok((format(name)?, PathBuf::from(path)))
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
        stored(global, &args.run)?
    };
    let style = if format == Format::Terminal { style(global.color, args.quiet) } else { plain() };
    result(&report::render(&judgement, format, &style));
    Ok(Exit::Within)
}

fn stored(global: &Global, run: &str) -> Result<Judgement> {
    let history = History::open(&project::history(global))?;
    let head = history.head(run)?;
    history
        .judgement(&head.id)?
        .ok_or_else(|| anyhow!("run {} has no verdicts; `tollgate judge {0}` gives them", head.id))
}
