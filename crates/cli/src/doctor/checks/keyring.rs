//! S01: the keyring. Tokens are in the files of the AWS tools, so it is other tools that would miss it.

use crate::catalogue::Code;
use crate::doctor::engine::Check;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::probe::Probe;

pub(super) const CHECKS: &[Check] = &[Check::disk(Code::S01, bus)];

fn bus(probe: &Probe) -> Vec<Finding> {
    let Some(path) = &probe.host.dead_bus else { return Vec::new() };
    let headline = "The session bus that the environment names is not there, so no keyring can be reached.";
    vec![
        Finding::new(Code::S01, Severity::Info, headline)
            .at("DBUS_SESSION_BUS_ADDRESS")
            .seen(format!("{} does not exist", path.display()))
            .seen("sso keeps its tokens in the files of the AWS tools; tools that use a keyring may hang")
            .remedy("unset DBUS_SESSION_BUS_ADDRESS"),
    ]
}
