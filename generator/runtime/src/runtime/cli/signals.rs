//! Handles signals that end the program: Ctrl-C and termination.

use super::failure::Exit;

/// Catches signals from the moment it is created.
pub(super) struct Interrupt {
    #[cfg(unix)]
    signals: [Option<tokio::signal::unix::Signal>; 2],
}

impl Interrupt {
    #[cfg(unix)]
    pub(super) fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        // Without a handler, the signal ends the program at once.
        Self {
            signals: [SignalKind::interrupt(), SignalKind::terminate()].map(|one| signal(one).ok()),
        }
    }

    #[cfg(not(unix))]
    pub(super) fn new() -> Self {
        Self {}
    }

    /// Runs a future until it completes or a signal arrives. In the latter case it is dropped.
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
