//! C01 to C20: the AWS config and credentials files.

use crate::catalogue::Code;
use crate::doctor::engine::Check;
use crate::doctor::finding::Finding;
use crate::doctor::probe::Probe;

pub(super) const CHECKS: &[Check] = &[
    Check::disk(Code::C02, |probe| of_errors(probe, Code::C02)),
    Check::disk(Code::C05, |probe| of_errors(probe, Code::C05)),
];

/// What commands fail with.
fn of_errors(probe: &Probe, code: Code) -> Vec<Finding> {
    let found = probe.troubles.iter().filter(|trouble| trouble.error.code == code);
    found.map(|trouble| Finding::of(trouble.error.clone(), trouble.severity)).collect()
}
