//! A limit for each call. Secret stores sit behind a bus and may ask somebody, so they may never answer: they are called on
//! a thread of their own, which is left alone when it hangs. It ends with the process.

use crate::vault::{Vault, VaultError};
use sso_core::StoredSecret;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What people and programs that wait for credentials can bear (docs/encrypted-store.md).
pub const LIMIT: Duration = Duration::from_secs(3);

type Job<V> = Box<dyn FnOnce(&V) + Send>;

/// A vault whose every call ends within the limit.
pub struct Bounded<V> {
    vault: Arc<V>,
    limit: Duration,
    /// The thread, once there is something to do.
    worker: Mutex<Option<Sender<Job<V>>>>,
    /// It did not answer once: whoever asks next does not wait again.
    silent: AtomicBool,
}

impl<V: Vault + 'static> Bounded<V> {
    /// A vault with the usual limit, [`LIMIT`].
    #[must_use]
    pub fn new(vault: V) -> Self {
        Self::within(vault, LIMIT)
    }

    /// A vault with another limit.
    #[must_use]
    pub fn within(vault: V, limit: Duration) -> Self {
        Self { vault: Arc::new(vault), limit, worker: Mutex::default(), silent: AtomicBool::new(false) }
    }

    fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&V) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let no_answer = VaultError::NoAnswer { after: self.limit };
        if self.silent.load(Ordering::Relaxed) {
            return Err(no_answer);
        }
        let (sender, answer) = channel();
        // Nobody may be waiting any more.
        let job: Job<V> = Box::new(move |vault| drop(sender.send(work(vault))));
        self.hand_over(job)?;
        answer.recv_timeout(self.limit).unwrap_or_else(|_| {
            self.silent.store(true, Ordering::Relaxed);
            Err(no_answer)
        })
    }

    fn hand_over(&self, job: Job<V>) -> Result<(), VaultError> {
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        let jobs = match worker.take() {
            Some(jobs) => jobs,
            None => start(Arc::clone(&self.vault))?,
        };
        let sent = jobs.send(job).map_err(|_| VaultError::Failed("its thread has ended".to_owned()));
        *worker = Some(jobs);
        sent
    }
}

fn start<V: Vault + 'static>(vault: Arc<V>) -> Result<Sender<Job<V>>, VaultError> {
    let (jobs, inbox) = channel::<Job<V>>();
    let thread = std::thread::Builder::new().name("secret store".to_owned());
    let started = thread.spawn(move || inbox.into_iter().for_each(|job| job(&vault)));
    started.map(|_| jobs).map_err(|error| VaultError::Failed(error.to_string()))
}

impl<V: Vault + 'static> Vault for Bounded<V> {
    fn get(&self, name: &str) -> Result<Option<StoredSecret>, VaultError> {
        let name = name.to_owned();
        self.call(move |vault| vault.get(&name))
    }

    fn set(&self, name: &str, secret: &StoredSecret) -> Result<(), VaultError> {
        let (name, secret) = (name.to_owned(), secret.clone());
        self.call(move |vault| vault.set(&name, &secret))
    }

    fn delete(&self, name: &str) -> Result<bool, VaultError> {
        let name = name.to_owned();
        self.call(move |vault| vault.delete(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InMemory;
    use std::time::Instant;

    /// Never answers.
    struct Silent;

    impl Vault for Silent {
        fn get(&self, _: &str) -> Result<Option<StoredSecret>, VaultError> {
            loop {
                std::thread::park();
            }
        }

        fn set(&self, _: &str, _: &StoredSecret) -> Result<(), VaultError> {
            Ok(())
        }

        fn delete(&self, _: &str) -> Result<bool, VaultError> {
            Ok(false)
        }
    }

    #[test]
    fn what_answers_is_passed_on() {
        let vault = Bounded::new(InMemory::default());
        let secret = StoredSecret::new("s".into());
        vault.set("a", &secret).expect("kept");
        assert_eq!(vault.get("a"), Ok(Some(secret)));
        assert_eq!((vault.delete("a"), vault.delete("a")), (Ok(true), Ok(false)));
    }

    #[test]
    fn silence_is_waited_for_once() {
        let limit = Duration::from_millis(50);
        let vault = Bounded::within(Silent, limit);
        let begun = Instant::now();
        let silence = Err(VaultError::NoAnswer { after: limit });
        assert_eq!(vault.get("a"), silence);
        let first = begun.elapsed();
        for _ in 0..100 {
            assert_eq!(vault.get("a"), silence);
        }
        assert!(first >= limit && begun.elapsed() < first + limit, "{:?}", begun.elapsed());
    }
}
