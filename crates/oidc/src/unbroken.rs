//! Work that goes on when nobody waits for it any more: between sending a refresh and saving its reply a rotated refresh
//! token exists nowhere but here.

use std::sync::LazyLock;
use tokio::sync::watch;

/// How much such work this process has under way.
static UNDER_WAY: LazyLock<watch::Sender<usize>> = LazyLock::new(|| watch::Sender::new(0));

/// One piece of it; ends with its future, however that ends.
struct UnderWay;

impl UnderWay {
    fn begin() -> Self {
        UNDER_WAY.send_modify(|count| *count += 1);
        Self
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        UNDER_WAY.send_modify(|count| *count = count.saturating_sub(1));
    }
}

/// Waits until no refresh of this process is between its request and its file. A program that is told to stop keeps its
/// runtime going until then, so that no rotated token is lost.
pub async fn refreshes_saved() {
    // The sender is static, so it never closes.
    let _ = UNDER_WAY.subscribe().wait_for(|count| *count == 0).await;
}

/// Runs the work as a task of its own: dropping this future does not end it.
pub(crate) async fn unbroken<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let under_way = UnderWay::begin();
    let task = tokio::spawn(async move {
        let _under_way = under_way;
        work.await
    });
    match task.await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime ends, and with it whoever waits here.
            Err(_) => std::future::pending().await,
        },
    }
}
