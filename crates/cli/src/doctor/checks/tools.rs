//! V01 to V04: other programs on this machine.

use crate::catalogue::Code;
use crate::doctor::engine::Check;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::probe::Probe;

pub(super) const CHECKS: &[Check] = &[
    Check::network(Code::V01, aws_cli),
    Check::network(Code::V02, same_name),
    Check::network(Code::V03, terraform),
    Check::disk(Code::V04, sandbox),
];

/// Whether the profile in question needs a tool that knows sso-session.
fn uses_session(probe: &Probe) -> bool {
    probe.config.subject.session().is_some_and(|session| session.name.is_some())
}

fn aws_cli(probe: &Probe) -> Vec<Finding> {
    let Some((text, version)) = probe.tools.version("aws") else { return Vec::new() };
    let before = |other: &[u32]| version.as_slice() < other;
    let headline = format!("The AWS CLI on PATH is {text}.");
    let finding = |severity, seen: &str| {
        let upgrade = "upgrade the AWS CLI, or: sso configure --helper-profile NAME";
        vec![Finding::new(Code::V01, severity, headline.clone()).seen(seen).remedy(upgrade)]
    };
    match version.first() {
        Some(1) => {
            finding(Severity::Info, "version 1 has no sso login; it uses the token from botocore 1.29 on")
        }
        Some(2) if before(&[2, 9]) && uses_session(probe) => {
            finding(Severity::Warning, "it does not know sso-session, so it cannot use this profile")
        }
        Some(2) if before(&[2, 9]) => finding(Severity::Info, "it does not know sso-session"),
        Some(2) if before(&[2, 22]) => {
            finding(Severity::Info, "it works, but signs in with a device code only")
        }
        _ => Vec::new(),
    }
}

fn same_name(probe: &Probe) -> Vec<Finding> {
    let several = probe.tools.found.iter().filter(|(name, files)| *name != "terraform" && files.len() > 1);
    several
        .map(|(name, files)| {
            let headline = format!("There are {} programs called {name} on PATH.", files.len());
            let listed = files.iter().map(|file| file.display().to_string());
            let mut finding = Finding::new(Code::V02, Severity::Info, headline);
            finding.evidence = listed
                .enumerate()
                .map(|(at, file)| if at == 0 { format!("{file} is used") } else { file })
                .collect();
            finding.remedy("put the folder of the right one first on PATH")
        })
        .collect()
}

fn terraform(probe: &Probe) -> Vec<Finding> {
    let Some((text, version)) = probe.tools.version("terraform") else { return Vec::new() };
    if version.as_slice() >= [1, 6].as_slice() || !uses_session(probe) {
        return Vec::new();
    }
    vec![
        Finding::new(Code::V03, Severity::Warning, format!("Terraform on PATH is {text}."))
            .seen("its S3 backend knows sso-session from 1.6.0 on")
            .remedy("upgrade Terraform, or: sso configure --helper-profile NAME"),
    ]
}

fn sandbox(probe: &Probe) -> Vec<Finding> {
    const MARKS: [(&str, &str); 3] = [("SNAP", "Snap"), ("FLATPAK_ID", "Flatpak"), ("APPIMAGE", "AppImage")];
    let inside = MARKS.into_iter().find(|(name, _)| probe.env.get(name).is_some());
    let mut found = Vec::new();
    if let Some((name, what)) = inside {
        let headline = format!("This terminal runs inside {what}.");
        let finding = Finding::new(Code::V04, Severity::Info, headline).at(name);
        found.push(
            finding
                .seen("the home directory and the browser may be others than outside")
                .remedy("use a terminal outside of it"),
        );
    }
    if probe.env.get("LD_LIBRARY_PATH").is_some() {
        let headline = "LD_LIBRARY_PATH is handed on to the browser, which may not start with it.";
        let finding = Finding::new(Code::V04, Severity::Info, headline).at("LD_LIBRARY_PATH");
        found.push(finding.remedy("unset LD_LIBRARY_PATH"));
    }
    found
}
