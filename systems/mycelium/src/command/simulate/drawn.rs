//! Pictures of a run: its end as a PNG, its course as an animated one.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use crate::command::BadInput;
use crate::command::output::{check_ending, check_place, note, write};
use crate::picture::{self, Animation, Film, Range};
use crate::whole;

#[derive(Debug, Args)]
#[command(next_help_heading = "Pictures")]
pub struct Drawn {
    /// Draw the field at the end
    #[arg(long, value_name = "FILE.png")]
    png: Option<PathBuf>,
    /// Draw the run as an animated PNG, which browsers play
    #[arg(long, value_name = "FILE.png")]
    animate: Option<PathBuf>,
    /// Pictures of the animation at most, evenly spread over the steps
    #[arg(long, value_name = "N", default_value_t = 60)]
    frames: u32,
    /// Pixels along one side of a cell; without it pictures are some 512 pixels wide
    #[arg(long, value_name = "PIXELS")]
    scale: Option<usize>,
    /// The values of the first colour and the last, in mV or in a pattern's own unit; without it
    /// those of each picture
    #[arg(long, value_name = "LOW,HIGH", allow_hyphen_values = true, value_parser = range)]
    range: Option<(f64, f64)>,
}

/// Frames as they come by.
pub struct Reel {
    size: usize,
    /// A frame is one of so many steps.
    every: usize,
    is_kept: bool,
    frames: Vec<Vec<f64>>,
}

/// Cells of all frames that are kept: half a gigabyte.
const MOST_CELLS: usize = 1 << 26;

const WIDTH: usize = 512;

const DELAY_MS: u16 = 80;

impl Drawn {
    pub fn check(&self) -> Result<(), BadInput> {
        for path in [&self.png, &self.animate].into_iter().flatten() {
            check_ending(path, &["png"], "a picture")?;
            check_place(path)?;
        }
        if self.frames == 0 {
            return Err(BadInput("`--frames` is 0, but must be 1 at least".to_owned()));
        }
        if self.png.is_some() && self.png == self.animate {
            let both = "`--png` and `--animate` name the same file";
            return Err(BadInput(both.to_owned()));
        }
        Ok(())
    }

    pub fn reel(&self, size: usize, steps: usize) -> Result<Reel, BadInput> {
        let wide = size.saturating_mul(self.scale(size));
        if !(1..=picture::MOST_PIXELS).contains(&wide) {
            let most = picture::MOST_PIXELS;
            let what = format!("a picture {wide} pixels wide, which must be from 1 to {most}");
            return Err(BadInput(format!("`--scale` makes {what}")));
        }
        let is_kept = self.animate.is_some();
        let every = if is_kept { steps.div_ceil(self.frames as usize) } else { steps };
        let frames = if is_kept { steps / every } else { 0 };
        if frames.saturating_mul(size * size) > MOST_CELLS {
            let most = MOST_CELLS / (size * size);
            let what = format!("`--frames` makes {frames} of {size} x {size} cells");
            return Err(BadInput(format!("{what}, but there must be {most} at most")));
        }
        Ok(Reel { size, every, is_kept, frames: Vec::new() })
    }

    /// Cells in the unit they were computed in.
    pub fn draw(&self, cells: &[f64], reel: &Reel, unit: f64) -> anyhow::Result<()> {
        let range = self.range.map_or(Range::OfData, |(low, high)| Range::Fixed {
            low: low * unit,
            high: high * unit,
        });
        let scale = self.scale(reel.size);
        if let Some(path) = &self.png {
            let bytes = picture::png(cells, reel.size, scale, range)
                .with_context(|| format!("could not draw {}", path.display()))?;
            write(path, &bytes)?;
        }
        let Some(path) = &self.animate else { return Ok(()) };
        if reel.frames.is_empty() {
            note(&format!("{} was not drawn: no frame of it was reached", path.display()));
            return Ok(());
        }
        self.animate(path, reel, scale, range)
            .with_context(|| format!("could not draw {}", path.display()))
    }

    fn animate(&self, path: &Path, reel: &Reel, scale: usize, range: Range) -> anyhow::Result<()> {
        let frames = u32::try_from(reel.frames.len()).context("there are too many frames")?;
        let film = Film { size: reel.size, scale, range, frames, delay_ms: DELAY_MS };
        whole::write(path, |file| {
            let mut out = BufWriter::new(file);
            let mut animation = Animation::new(&mut out, film)?;
            for frame in &reel.frames {
                animation.push(frame)?;
            }
            animation.finish()?;
            Ok(out.flush()?)
        })
    }

    fn scale(&self, size: usize) -> usize {
        self.scale.unwrap_or((WIDTH / size.max(1)).max(1))
    }
}

impl Reel {
    /// After how many steps it has to see the cells.
    pub fn every(&self) -> usize {
        self.every
    }

    pub fn see(&mut self, cells: &[f64]) {
        if self.is_kept {
            self.frames.push(cells.to_vec());
        }
    }
}

fn range(text: &str) -> Result<(f64, f64), String> {
    let ends = text.split_once(',').ok_or("two numbers belong here, such as -75,-60")?;
    let number = |text: &str| {
        let read = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        read.ok_or_else(|| format!("`{}` is not a number", text.trim()))
    };
    let (low, high) = (number(ends.0)?, number(ends.1)?);
    if low < high { Ok((low, high)) } else { Err(format!("{low} is not below {high}")) }
}
