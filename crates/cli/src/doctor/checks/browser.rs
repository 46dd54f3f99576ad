//! B01 to B06: where a login would open its browser. Host facts, so nothing of it is an error.

use crate::catalogue::Code;
use crate::doctor::engine::Check;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::probe::Probe;

pub(super) const CHECKS: &[Check] = &[
    Check::disk(Code::B01, no_browser),
    Check::disk(Code::B02, container),
    Check::disk(Code::B03, wsl),
    Check::disk(Code::B04, editor),
    Check::disk(Code::B05, loopback),
    Check::disk(Code::B06, no_terminal),
];

fn info(code: Code, headline: &str) -> Finding {
    Finding::new(code, Severity::Info, headline)
}

fn no_browser(probe: &Probe) -> Vec<Finding> {
    let host = &probe.host.login;
    let seen = match (host.ssh, host.display) {
        _ if host.browser_named => return Vec::new(),
        (true, _) => "this is an SSH session",
        (false, false) => "there is no display",
        (false, true) => return Vec::new(),
    };
    vec![
        info(Code::B01, "A login shows a code here, for a browser on another device.")
            .seen(seen)
            .remedy("sso login, or with a forwarded port: sso login --use-pkce --redirect-port PORT"),
    ]
}

fn container(probe: &Probe) -> Vec<Finding> {
    let host = &probe.host.login;
    let seen = match (host.container, host.cloud_shell) {
        (_, true) => "this is a cloud's shell or a hosted workspace",
        (true, false) => "this is a container",
        (false, false) => return Vec::new(),
    };
    vec![
        info(Code::B02, "A browser on your machine cannot come back to 127.0.0.1 of this one.")
            .seen(seen)
            .remedy("sso login, which shows a code here"),
    ]
}

fn wsl(probe: &Probe) -> Vec<Finding> {
    match (probe.host.wsl, &probe.host.windows_opener) {
        (true, None) => vec![Finding::new(
            Code::B03,
            Severity::Warning,
            "This is the Windows Subsystem for Linux, and no program of Windows is on PATH to open its browser.",
        )
        .seen("neither wslview nor rundll32.exe was found")
        .remedy("sudo apt install wslu")],
        (true, Some(opener)) => {
            let seen = format!("Windows' browser is opened with {}", opener.display());
            vec![info(Code::B03, "This is the Windows Subsystem for Linux.").seen(seen)]
        }
        (false, _) => Vec::new(),
    }
}

fn editor(probe: &Probe) -> Vec<Finding> {
    if probe.env.get("VSCODE_IPC_HOOK_CLI").is_none() {
        return Vec::new();
    }
    vec![
        info(Code::B04, "VS Code opens browsers for this terminal.")
            .at("VSCODE_IPC_HOOK_CLI")
            .seen("with several windows several tabs may open; the last one counts")
            .remedy("sso login --no-browser"),
    ]
}

fn loopback(probe: &Probe) -> Vec<Finding> {
    match &probe.host.loopback {
        Ok(()) => Vec::new(),
        Err(why) => vec![
            Finding::new(Code::B05, Severity::Error, "No port of 127.0.0.1 can be opened and called.")
                .at("127.0.0.1")
                .seen(why.as_str())
                .remedy("sso login --use-device-code"),
        ],
    }
}

fn no_terminal(probe: &Probe) -> Vec<Finding> {
    const MARKS: [&str; 6] = ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "BUILDKITE", "TF_BUILD"];
    let Some(mark) = MARKS.into_iter().find(|name| probe.env.get(name).is_some()) else { return Vec::new() };
    if probe.host.terminal {
        return Vec::new();
    }
    vec![
        info(Code::B06, "There is nobody to ask: commands end at once where they would have to.")
            .at(mark)
            .seen(format!("{mark} is set, and there is no terminal"))
            .remedy("sign in at a terminal, or let CI have a role of its own (OIDC)"),
    ]
}
