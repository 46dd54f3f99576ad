//! C01 to C20: the AWS config and credentials files.

use super::of_errors;
use crate::catalogue::Code;
use crate::doctor::engine::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::disk(Code::C02, |probe| of_errors(probe, Code::C02)),
    Check::disk(Code::C05, |probe| of_errors(probe, Code::C05)),
];
