//! The signals that end the service, and the one that does not wait for its end.

use std::io;

use crate::command::output::note;

/// Listens from now on, and is ready once the process was asked to end. From then on ctrl-C ends
/// it at once.
#[cfg(unix)]
pub fn ended() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => note(AGAIN),
        }
        tokio::spawn(async move {
            if interrupted.recv().await.is_some() {
                end_at_once();
            }
        });
    })
}

/// Listens from now on, and is ready once the process was asked to end. From then on ctrl-C ends
/// it at once.
#[cfg(not(unix))]
pub fn ended() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        // Where signals cannot be listened to, the process ends by itself.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        note(AGAIN);
        tokio::spawn(async {
            if tokio::signal::ctrl_c().await.is_ok() {
                end_at_once();
            }
        });
    })
}

const AGAIN: &str = "ending once what is asked is answered; ctrl-C again ends at once";

#[expect(clippy::exit, reason = "the second ctrl-C asks for exactly this")]
fn end_at_once() {
    std::process::exit(130);
}
