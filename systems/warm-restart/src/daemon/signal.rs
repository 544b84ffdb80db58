//! The signals that end the service.

use std::io;

/// Listens from now on, and is ready once the process was asked to end.
#[cfg(unix)]
pub fn ended() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    })
}

/// Listens from now on, and is ready once the process was asked to end.
#[cfg(not(unix))]
pub fn ended() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        // Where signals cannot be listened to, the process ends by itself.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
