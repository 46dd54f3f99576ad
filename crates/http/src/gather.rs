//! Many jobs at once, and what became of each. A part that could not be had is part of the answer.

use crate::limiter::IN_FLIGHT;
use std::future::Future;
use thiserror::Error;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// After so many failures in a row the rest is not tried: the network is gone, or the service.
const HOPELESS: usize = 2 * IN_FLIGHT;

/// What became of the jobs, in no particular order.
#[derive(Debug)]
pub struct Gathered<J, T, E> {
    /// Those that are done.
    pub done: Vec<(J, T)>,
    /// Those that are not.
    pub failed: Vec<(J, Missing<E>)>,
}

/// Why a part is missing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Missing<E> {
    /// It could not be had.
    #[error("{0}")]
    Failed(E),
    /// It was not asked for: time was up, or nothing was answered any more.
    #[error("it was not asked for, as time was up or nothing was answered any more")]
    NotAsked,
}

/// Does the work of every job, 32 at once, so many as a [`Limiter`](crate::Limiter) lets through; after `until`, or 64 failures in
/// a row, none is begun. `progress` is told how many of how many are over. Needs a tokio runtime.
///
/// # Errors
/// The first error of which `ends` says that whatever else is asked for will end alike.
pub async fn gather<J, T, E, F>(
    jobs: Vec<J>,
    work: impl Fn(J) -> F,
    ends: impl Fn(&E) -> bool,
    until: Option<Instant>,
    mut progress: impl FnMut(usize, usize),
) -> Result<Gathered<J, T, E>, E>
where
    F: Future<Output = (J, Result<T, E>)> + Send + 'static,
    J: Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let (total, mut over, mut in_a_row) = (jobs.len(), 0, 0);
    let mut gathered = Gathered { done: Vec::with_capacity(total), failed: Vec::new() };
    let mut jobs = jobs.into_iter();
    let mut tasks: JoinSet<F::Output> = jobs.by_ref().take(IN_FLIGHT).map(&work).collect();
    progress(over, total);
    while let Some(joined) = tasks.join_next().await {
        over += 1;
        progress(over, total);
        match joined {
            Ok((job, Ok(result))) => {
                in_a_row = 0;
                gathered.done.push((job, result));
            }
            Ok((_, Err(error))) if ends(&error) => return Err(error),
            Ok((job, Err(error))) => {
                in_a_row += 1;
                gathered.failed.push((job, Missing::Failed(error)));
            }
            // A task of ours neither panics nor is aborted.
            Err(_) => {}
        }
        let in_time = until.is_none_or(|until| Instant::now() < until);
        if in_time
            && in_a_row < HOPELESS
            && let Some(job) = jobs.next()
        {
            tasks.spawn(work(job));
        }
    }
    gathered.failed.extend(jobs.map(|job| (job, Missing::NotAsked)));
    Ok(gathered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Fails as `fails` says; counts how many were under way at once.
    async fn run(
        jobs: usize,
        fails: fn(usize) -> bool,
        ends: fn(&usize) -> bool,
        until: Option<Instant>,
    ) -> (Result<[usize; 3], usize>, usize, usize) {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let work = |job: usize| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                now.fetch_sub(1, Ordering::SeqCst);
                (job, if fails(job) { Err(job) } else { Ok(()) })
            }
        };
        let mut told = 0;
        let gathered = gather((0..jobs).collect(), work, ends, until, |over, _| told = over).await;
        let counts = gathered.map(|all| {
            let tried = all.failed.iter().filter(|(_, why)| *why != Missing::NotAsked).count();
            [all.done.len(), tried, all.failed.len() - tried]
        });
        (counts, told, most.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn what_becomes_of_jobs() {
        for (what, jobs, fails, ends, expected) in [
            ("none", 0, (|_| false) as fn(usize) -> bool, (|_| false) as fn(&usize) -> bool, Ok([0, 0, 0])),
            ("all are done", 500, |_| false, |_| false, Ok([500, 0, 0])),
            ("one of three fails", 500, |job| job % 3 == 0, |_| false, Ok([333, 167, 0])),
            ("one error ends all", 500, |job| job % 3 == 0, |job| *job == 33, Err(33)),
        ] {
            let (counts, told, most) = run(jobs, fails, ends, None).await;
            assert_eq!(counts, expected, "{what}");
            assert!(most <= IN_FLIGHT && (counts.is_err() || told == jobs), "{what}: {most} {told}");
        }
        let (counts, ..) = run(500, |job| job > 100, |_| false, None).await;
        let [done, failed, untried] = counts.expect("partial");
        assert_eq!((done, done + failed + untried), (101, 500));
        assert!((HOPELESS..2 * HOPELESS).contains(&failed), "{failed}");
        let (counts, ..) = run(500, |_| false, |_| false, Some(Instant::now())).await;
        assert_eq!(counts, Ok([IN_FLIGHT, 0, 500 - IN_FLIGHT]), "what is begun is brought to its end");
    }
}
