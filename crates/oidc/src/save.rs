//! Saving or removing a token under its lock, waiting for whoever holds it.

use sso_core::{StoreError, StoreOperation, TokenKey, TokenSet, TokenStore, TokenTxn};
use std::time::Duration;
use tokio::time::Instant;

/// A holder refreshes within 10 s, so waiting longer is of no use.
const LOCK_LIMIT: Duration = Duration::from_secs(12);

/// Until when the lock is waited for, by somebody who has until then.
pub(crate) fn lock_deadline(deadline: Option<Instant>) -> Instant {
    let limit = Instant::now() + LOCK_LIMIT;
    deadline.map_or(limit, |deadline| deadline.min(limit))
}

/// Begins a change of the token; polls while somebody else is at it.
pub(crate) async fn begin(
    store: &dyn TokenStore,
    key: &TokenKey,
    deadline: Option<Instant>,
) -> Result<Box<dyn TokenTxn>, StoreError> {
    let deadline = lock_deadline(deadline);
    loop {
        if let Some(change) = store.try_begin(key)? {
            return Ok(change);
        }
        if Instant::now() >= deadline {
            return Err(busy(store, key));
        }
        tokio::time::sleep(pause()).await;
    }
}

/// Replaces the token.
pub(crate) async fn save(store: &dyn TokenStore, key: &TokenKey, token: &TokenSet) -> Result<(), StoreError> {
    begin(store, key, None).await?.commit(token)
}

/// Removes the token under its lock; tells whether there was one. Waits for a refresh that is under way, which would
/// write it back. What the service is told is the caller's affair.
///
/// # Errors
/// [`StoreOperation::Lock`]: the lock is not to be had within 12 s. [`StoreOperation::Remove`]: the token cannot be removed.
pub async fn remove(store: &dyn TokenStore, key: &TokenKey) -> Result<bool, StoreError> {
    begin(store, key, None).await?.remove()
}

/// Finds out now, before the user is sent anywhere, whether a token could be saved (catalogue T12).
pub(crate) fn check_writable(store: &dyn TokenStore, key: &TokenKey) -> Result<(), StoreError> {
    match store.try_begin(key)? {
        Some(mut change) => change.reserve(),
        // Whoever holds the lock could write it.
        None => Ok(()),
    }
}

/// 10 to 150 ms, so that waiting processes do not move in step.
pub(crate) fn pause() -> Duration {
    Duration::from_millis(rand::random_range(10..150))
}

/// Too little of the command's time is left to send a refresh and take its reply.
pub(crate) fn late(key: &TokenKey) -> StoreError {
    let source = "too little of the command's time is left for a refresh".into();
    StoreError { operation: StoreOperation::Lock, path: format!("the token of {key}").into(), source }
}

/// The lock was not to be had in time.
pub(crate) fn busy(store: &dyn TokenStore, key: &TokenKey) -> StoreError {
    let source = match store.holder(key) {
        Some(holder) => holder.into(),
        None => "another process holds the lock".into(),
    };
    StoreError { operation: StoreOperation::Lock, path: format!("the token of {key}").into(), source }
}
