//! The signals that end the service, and the one that makes it read its files again.

use std::io;

/// Somebody wants the files to be read again.
#[derive(Debug)]
pub struct Reload {
    #[cfg(unix)]
    hangup: tokio::signal::unix::Signal,
}

impl Reload {
    /// Listens from now on.
    #[cfg(unix)]
    pub fn listen() -> io::Result<Reload> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Reload { hangup: signal(SignalKind::hangup())? })
    }

    #[cfg(unix)]
    pub async fn heard(&mut self) {
        if self.hangup.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }

    /// Where there is no such signal, nobody ever asks.
    #[cfg(not(unix))]
    pub fn listen() -> io::Result<Reload> {
        Ok(Reload {})
    }

    #[cfg(not(unix))]
    pub async fn heard(&mut self) {
        std::future::pending::<()>().await;
    }
}

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
