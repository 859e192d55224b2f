//! Being asked to end: by Ctrl-C, or by the system.

use super::failure::Exit;

/// Notices when the program is asked to end, from the moment on when it is made.
pub(super) struct Interrupt {
    #[cfg(unix)]
    signals: [Option<tokio::signal::unix::Signal>; 2],
}

impl Interrupt {
    #[cfg(unix)]
    pub(super) fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        // Without a handler the signal ends the program as it would any other.
        Self {
            signals: [SignalKind::interrupt(), SignalKind::terminate()].map(|one| signal(one).ok()),
        }
    }

    #[cfg(not(unix))]
    pub(super) fn new() -> Self {
        Self {}
    }

    /// Does something, unless the program is asked to end before. What was begun is then dropped.
    pub(super) async fn guard<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Exit> {
        tokio::select! {
            done = work => Ok(done),
            exit = self.caught() => Err(exit),
        }
    }

    #[cfg(unix)]
    async fn caught(&mut self) -> Exit {
        let [interrupt, terminate] = &mut self.signals;
        let wait = async |signal: &mut Option<tokio::signal::unix::Signal>| match signal {
            Some(signal) => drop(signal.recv().await),
            None => std::future::pending().await,
        };
        tokio::select! {
            () = wait(interrupt) => Exit::Interrupted,
            () = wait(terminate) => Exit::Terminated,
        }
    }

    #[cfg(not(unix))]
    async fn caught(&mut self) -> Exit {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Exit::Interrupted,
            Err(_) => std::future::pending().await,
        }
    }
}
