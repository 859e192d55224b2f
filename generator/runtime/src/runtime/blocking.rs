//! The same client for programs without an async runtime: `.wait()` where others write `.await`.

use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::thread;

use tokio::runtime::{Builder, Handle, Runtime};

/// Waits for a request, for a poller, for a file to be saved: for all that can be awaited.
///
/// The work is done by a runtime that all calls of the program share. It is started by the first
/// one, has one thread of its own, and keeps the connections.
///
/// It can be called from within an async runtime as well, and then blocks the thread that it is
/// called on; whoever is there should rather write `.await`.
///
/// # Panics
///
/// When the system has no thread left for the runtime.
pub trait Wait: IntoFuture {
    /// Waits, and gives what `.await` gives.
    fn wait(self) -> Self::Output;
}

impl<T> Wait for T
where
    T: IntoFuture,
    T::IntoFuture: Send,
    T::Output: Send,
{
    fn wait(self) -> Self::Output {
        let future = self.into_future();
        if Handle::try_current().is_err() {
            return runtime().block_on(future);
        }
        // A thread that belongs to one runtime cannot wait for another.
        thread::scope(|scope| {
            let waiting = scope.spawn(|| runtime().block_on(future));
            waiting.join().unwrap_or_else(|panic| resume_unwind(panic))
        })
    }
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        runtime.unwrap_or_else(|error| panic!("no runtime can be started: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn seven() -> u8 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        7
    }

    #[test]
    fn what_can_be_awaited_can_be_waited_for() {
        assert_eq!(seven().wait(), 7);
        let mut borrowed = 1;
        async { borrowed += seven().await }.wait();
        assert_eq!(borrowed, 8);
    }

    #[tokio::test]
    async fn within_a_runtime_as_well() {
        assert_eq!(seven().wait(), 7);
    }
}
