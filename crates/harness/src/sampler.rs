//! Values read at even intervals while something else runs, such as the process's memory.

use std::fs;
use std::io;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use crate::clock::{Clock, SystemClock};

/// The memory of this process that is in use, in bytes, as the kernel counts it.
///
/// ```
/// # #[cfg(target_os = "linux")]
/// assert!(tollgate_harness::resident_memory()? > 100_000);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn resident_memory() -> io::Result<u64> {
    let unreadable = || io::Error::new(io::ErrorKind::InvalidData, "/proc/self/statm");
    let text = fs::read_to_string("/proc/self/statm")?;
    let pages = text.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok());
    Ok(pages.ok_or_else(unreadable)? * page_size())
}

/// The kernel tells each program at its start; entry 6 is the size of a page.
fn page_size() -> u64 {
    const WORD: usize = size_of::<usize>();
    let vector = fs::read("/proc/self/auxv").unwrap_or_default();
    let word = |bytes: &[u8]| usize::from_ne_bytes(bytes.try_into().expect("one word")) as u64;
    let mut entries = vector.chunks_exact(2 * WORD);
    let page = entries.find(|entry| word(&entry[..WORD]) == 6);
    page.map_or(4096, |entry| word(&entry[WORD..]))
}

/// Runs the work and reads a value when it starts, once an interval, and when it has ended. A
/// reading that fails ends the series with its error, once the work is done.
pub(crate) fn during<T>(
    every: Duration,
    read: impl FnMut() -> io::Result<f64> + Send,
    work: impl FnOnce() -> T,
) -> (T, io::Result<Vec<(f64, f64)>>) {
    let clock = SystemClock::new();
    // Dropped when the work ends, even by a panic, which ends the thread.
    let (end, ended) = sync_channel::<()>(0);
    thread::scope(|scope| {
        let sampler = scope.spawn(move || {
            let mut read = read;
            let mut points = Vec::new();
            let mut next = every;
            loop {
                let at = clock.now();
                points.push((at as f64 / 1e9, read()?));
                let now = Duration::from_nanos(clock.now());
                while next <= now {
                    next += every.max(Duration::from_millis(1));
                }
                if ended.recv_timeout(next - now) != Err(RecvTimeoutError::Timeout) {
                    points.push((clock.now() as f64 / 1e9, read()?));
                    return Ok(points);
                }
            }
        });
        let output = work();
        drop(end);
        let points = sampler.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (output, points)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_has_a_point_at_its_start_and_at_its_end() {
        let mut next = 0.0;
        let read = || {
            next += 1.0;
            Ok(next)
        };
        let (output, points) = during(Duration::from_secs(3600), read, || 7);
        let points = points.unwrap();
        assert_eq!(output, 7);
        assert_eq!(points.iter().map(|point| point.1).collect::<Vec<_>>(), [1.0, 2.0]);
        assert!(points[0].0 <= points[1].0);
    }

    #[test]
    fn a_series_goes_on_until_the_work_has_ended() {
        let (sender, seen) = sync_channel(0);
        let mut count = 0;
        let read = || {
            count += 1;
            if count == 5 {
                sender.send(()).unwrap();
            }
            Ok(f64::from(count))
        };
        let (_, points) = during(Duration::from_millis(1), read, || seen.recv().unwrap());
        let points = points.unwrap();
        assert!(points.len() >= 6, "{points:?}");
        assert!(points.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    }

    #[test]
    fn a_value_that_cannot_be_read_is_an_error_and_the_work_is_done() {
        let fail = || Err(io::Error::other("gone"));
        let (output, points) = during(Duration::from_millis(1), fail, || 7);
        assert_eq!((output, points.unwrap_err().to_string().as_str()), (7, "gone"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn memory_in_use_is_seen_to_grow() {
        let before = resident_memory().unwrap();
        let block = vec![1_u8; 64 << 20];
        assert!(resident_memory().unwrap() >= before + (32 << 20));
        drop(block);
    }
}
