//! Many jobs at once, and what became of each. A part that could not be had is part of the answer.

use crate::limiter::IN_FLIGHT;
use std::future::Future;
use tokio::task::JoinSet;

/// After so many failures in a row the rest is not tried: the network is gone, or the service.
const HOPELESS: usize = 2 * IN_FLIGHT;

/// What became of the jobs, in no particular order.
#[derive(Debug)]
pub struct Gathered<J, T, E> {
    /// Those that are done.
    pub done: Vec<(J, T)>,
    /// Those that are not; without an error: not tried, because nothing succeeded any more.
    pub failed: Vec<(J, Option<E>)>,
}

/// Does the work of every job, so many at once as a [`Limiter`](crate::Limiter) lets through. `progress` is told how many of
/// how many are over.
///
/// # Errors
/// The first error of which `ends` says that whatever else is asked for will end alike.
pub async fn gather<J, T, E, F>(
    jobs: Vec<J>,
    work: impl Fn(J) -> F,
    ends: impl Fn(&E) -> bool,
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
                gathered.failed.push((job, Some(error)));
            }
            // A task of ours neither panics nor is aborted.
            Err(_) => {}
        }
        if in_a_row < HOPELESS
            && let Some(job) = jobs.next()
        {
            tasks.spawn(work(job));
        }
    }
    gathered.failed.extend(jobs.map(|job| (job, None)));
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
        let gathered = gather((0..jobs).collect(), work, ends, |over, _| told = over).await;
        let counts = gathered.map(|all| {
            let tried = all.failed.iter().filter(|(_, error)| error.is_some()).count();
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
            let (counts, told, most) = run(jobs, fails, ends).await;
            assert_eq!(counts, expected, "{what}");
            assert!(most <= IN_FLIGHT && (counts.is_err() || told == jobs), "{what}: {most} {told}");
        }
        let (counts, ..) = run(500, |job| job > 100, |_| false).await;
        let [done, failed, untried] = counts.expect("partial");
        assert_eq!((done, done + failed + untried), (101, 500));
        assert!((HOPELESS..HOPELESS + IN_FLIGHT).contains(&failed), "{failed}");
    }
}
