//! Runs the checks: each on its own, so that one that dies or hangs is a finding and not the end.

use super::finding::{Finding, Severity};
use super::probe::Probe;
use crate::catalogue::Code;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// What a check looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// This machine's files and environment.
    Disk,
    /// The AWS files, and that they can be read.
    Config,
    /// What the network and other programs answered: not with `--offline`.
    Network,
}

/// One check: a function of the facts.
#[derive(Clone, Copy)]
pub(crate) struct Check {
    pub(crate) code: Code,
    pub(crate) needs: Needs,
    pub(crate) detect: fn(&Probe) -> Vec<Finding>,
}

impl Check {
    /// A check of files and environment.
    pub(crate) const fn disk(code: Code, detect: fn(&Probe) -> Vec<Finding>) -> Self {
        Self { code, needs: Needs::Disk, detect }
    }

    /// A check of what the AWS files say.
    pub(crate) const fn config(code: Code, detect: fn(&Probe) -> Vec<Finding>) -> Self {
        Self { code, needs: Needs::Config, detect }
    }

    /// A check of what the network and other programs answered.
    pub(crate) const fn network(code: Code, detect: fn(&Probe) -> Vec<Finding>) -> Self {
        Self { code, needs: Needs::Network, detect }
    }
}

/// What came of the checks.
#[derive(Default)]
pub(crate) struct Examination {
    /// Worst first; of one severity in the order of the checks.
    pub(crate) findings: Vec<Finding>,
    pub(crate) passed: Vec<Code>,
    /// Codes whose check did not run, and why.
    pub(crate) not_run: Vec<(Code, String)>,
}

impl Examination {
    /// How many findings there are of a severity.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// How many of the findings `--fix` can mend.
    pub(crate) fn fixable(&self) -> usize {
        self.findings.iter().filter(|finding| finding.fix.is_some()).count()
    }
}

/// No check of facts that are there takes so long, unless it hangs.
const CHECK_LIMIT: Duration = Duration::from_secs(2);

/// Runs the checks on the facts.
pub(crate) fn examine(probe: &Arc<Probe>, checks: &[Check]) -> Examination {
    examine_within(probe, checks, CHECK_LIMIT)
}

fn examine_within(probe: &Arc<Probe>, checks: &[Check], limit: Duration) -> Examination {
    let mut done = Examination::default();
    for check in checks {
        let why_not = match check.needs {
            Needs::Disk => None,
            Needs::Config => probe.config.set.is_err().then(|| "the AWS files cannot be read".to_owned()),
            Needs::Network => probe.net.not_run(check.code),
        };
        if let Some(why) = why_not {
            done.not_run.push((check.code, why));
            continue;
        }
        let found = run(probe, *check, limit);
        if found.is_empty() {
            done.passed.push(check.code);
        }
        done.findings.extend(found);
    }
    done.findings.sort_by_key(|finding| finding.severity);
    done
}

fn run(probe: &Arc<Probe>, check: Check, limit: Duration) -> Vec<Finding> {
    let (sender, found) = channel();
    let facts = Arc::clone(probe);
    let thread = std::thread::Builder::new().spawn(move || {
        // Nobody waits any more for a check that took too long.
        let _ = sender.send((check.detect)(&facts));
    });
    let failed = |what: &str| {
        let headline = format!("The check for {} {what}.", check.code.id());
        vec![
            Finding::new(check.code, Severity::Warning, headline)
                .remedy("please report it: that is a bug of sso"),
        ]
    };
    match (thread, found.recv_timeout(limit)) {
        // No thread to be had: the system is short of them, the check is not.
        (Err(_), _) => (check.detect)(probe),
        (Ok(_), Ok(found)) => found,
        (Ok(_), Err(RecvTimeoutError::Timeout)) => failed("took too long"),
        (Ok(_), Err(RecvTimeoutError::Disconnected)) => failed("has died"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::probe::tests::probe;

    fn good(_: &Probe) -> Vec<Finding> {
        Vec::new()
    }

    fn bad(_: &Probe) -> Vec<Finding> {
        vec![Finding::new(Code::T13, Severity::Info, "x"), Finding::new(Code::T13, Severity::Error, "y")]
    }

    fn dies(_: &Probe) -> Vec<Finding> {
        panic!("of this test")
    }

    fn hangs(_: &Probe) -> Vec<Finding> {
        loop {
            std::thread::park();
        }
    }

    #[test]
    fn a_check_that_dies_or_hangs_is_a_finding_and_the_others_go_on() {
        let checks = [
            Check::disk(Code::C01, good),
            Check::disk(Code::C02, dies),
            Check::disk(Code::C03, hangs),
            Check::disk(Code::T13, bad),
            Check::network(Code::N01, bad),
        ];
        let done = examine_within(&Arc::new(probe()), &checks, Duration::from_millis(200));
        let shown: Vec<_> = done.findings.iter().map(|found| (found.code.id(), found.severity)).collect();
        use Severity::{Error, Info, Warning};
        assert_eq!(shown, [("T13", Error), ("C02", Warning), ("C03", Warning), ("T13", Info)]);
        assert_eq!(done.passed, [Code::C01]);
        assert_eq!(done.not_run.iter().map(|(code, _)| code.id()).collect::<Vec<_>>(), ["N01"]);
    }
}
