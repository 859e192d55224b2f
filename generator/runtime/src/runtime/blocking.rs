//! Blocking calls for programs without an async runtime: `.wait()` instead of `.await`.

use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::thread;

use tokio::runtime::{Builder, Handle, Runtime};

/// Blocking calls: `.wait()` instead of `.await`, for requests, pollers, downloads and everything
/// else that can be awaited.
///
/// All calls of the program share a runtime with one worker thread, which is started by the first
/// call and keeps the connections alive.
///
/// Within an async runtime, the call blocks the current thread. Use `.await` there.
///
/// # Panics
///
/// The system cannot start a thread for the runtime.
pub trait Wait: IntoFuture {
    /// Blocks until the result is available, and returns it.
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
        // A thread of one runtime cannot block on another.
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
        runtime.unwrap_or_else(|error| panic!("the async runtime cannot be started: {error}"))
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
    fn a_future_can_be_waited_for() {
        assert_eq!(seven().wait(), 7);
        let mut borrowed = 1;
        async { borrowed += seven().await }.wait();
        assert_eq!(borrowed, 8);
    }

    #[tokio::test]
    async fn waiting_works_within_a_runtime() {
        assert_eq!(seven().wait(), 7);
    }
}
