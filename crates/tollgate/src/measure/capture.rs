//! What a program printed: two nameless files, emptied before every trial.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;

/// The files that stand for standard output and standard error.
#[derive(Debug)]
pub struct Capture {
    pub stdout: File,
    pub stderr: File,
}

const TAIL_LINES: usize = 20;
const TAIL_BYTES: u64 = 8 * 1024;

impl Capture {
    pub fn new() -> io::Result<Capture> {
        Ok(Capture { stdout: nameless()?, stderr: nameless()? })
    }

    /// Forgets what is there.
    pub fn clear(&self) -> io::Result<()> {
        for file in [&self.stdout, &self.stderr] {
            // Usually there is nothing, and asking is cheaper than cutting.
            if file.metadata()?.len() > 0 {
                file.set_len(0)?;
            }
        }
        Ok(())
    }

    /// Whether a whole line of either holds the text; what is written meanwhile is not disturbed.
    pub fn holds(&self, text: &str) -> io::Result<bool> {
        for file in [&self.stdout, &self.stderr] {
            let mut bytes = vec![0; usize::try_from(file.metadata()?.len()).unwrap_or(0)];
            file.read_exact_at(&mut bytes, 0)?;
            let whole = String::from_utf8_lossy(&bytes);
            // What follows the last end of a line may still become another line.
            let (lines, _) = whole.rsplit_once('\n').unwrap_or(("", ""));
            if lines.lines().any(|line| line.contains(text)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The last lines printed: of standard error if there are any, else of standard output.
    #[must_use]
    pub fn tail(&self) -> String {
        let errors = tail(&self.stderr).unwrap_or_default();
        if errors.trim().is_empty() { tail(&self.stdout).unwrap_or_default() } else { errors }
    }
}

/// A file that is always written at its end, whoever holds it, and vanishes with the last holder.
fn nameless() -> io::Result<File> {
    let folder = std::env::temp_dir();
    let mut attempt = 0;
    loop {
        let path = folder.join(format!(".tollgate-output-{}-{attempt}", std::process::id()));
        match File::options().read(true).append(true).create_new(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < 1000 => {
                attempt += 1;
            }
            Err(error) => return Err(error),
            Ok(file) => {
                std::fs::remove_file(&path)?;
                return Ok(file);
            }
        }
    }
}

fn tail(mut file: &File) -> io::Result<String> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
    let mut bytes = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
    Ok(last_lines(&String::from_utf8_lossy(&bytes)))
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn the_tail_prefers_standard_error() {
        let mut capture = Capture::new().unwrap();
        capture.stdout.write_all(b"fine\n").unwrap();
        assert_eq!(capture.tail(), "fine");
        capture.stderr.write_all(b"boom\n\n").unwrap();
        assert_eq!(capture.tail(), "boom");
        capture.clear().unwrap();
        assert_eq!(capture.tail(), "");
    }

    #[test]
    fn a_line_is_found_once_it_is_whole() {
        let mut capture = Capture::new().unwrap();
        capture.stderr.write_all(b"one\nnow listening").unwrap();
        assert!(!capture.holds("listening").unwrap());
        capture.stderr.write_all(b" on 80\n").unwrap();
        assert!(capture.holds("listening").unwrap());
        capture.stderr.write_all(b"more\n").unwrap();
        assert_eq!(capture.tail(), "one\nnow listening on 80\nmore");
    }

    #[test]
    fn the_tail_is_short_and_survives_bytes_that_are_no_text() {
        let mut capture = Capture::new().unwrap();
        for line in 0..5000 {
            writeln!(capture.stdout, "line {line}").unwrap();
        }
        assert_eq!(capture.tail().lines().count(), TAIL_LINES);
        assert!(capture.tail().ends_with("line 4999"));
        capture.stdout.write_all(&[0xff; 100]).unwrap();
        assert!(capture.tail().ends_with('\u{fffd}'));
    }
}
