//! Facts about the host that decide between a browser here and a code for another device.

use sso_config::Env;
use sso_oidc::HostFacts;
use std::path::Path;

/// Gathers the facts; `browser_named` is whether the user named a browser.
pub(crate) fn facts(env: &Env, browser_named: bool) -> HostFacts {
    let set = |names: &[&str]| names.iter().any(|name| env.get(name).is_some());
    HostFacts {
        ssh: set(&["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"]),
        container: set(&["container", "KUBERNETES_SERVICE_HOST"])
            || ["/.dockerenv", "/run/.containerenv"].iter().any(|mark| Path::new(mark).exists()),
        cloud_shell: set(&["CODESPACES", "GITPOD_WORKSPACE_ID", "CLOUD_SHELL"])
            || env.text("AWS_EXECUTION_ENV").as_deref() == Some("CloudShell"),
        display: cfg!(any(windows, target_os = "macos"))
            || set(&["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"]),
        browser_named,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sso_oidc::Reason;

    #[test]
    fn which_variable_tells_what() {
        for (variables, reason) in [
            (&[("SSH_TTY", "/dev/pts/1"), ("DISPLAY", ":0")][..], Some(Reason::Ssh)),
            (&[("CODESPACES", "true"), ("DISPLAY", ":0")], Some(Reason::CloudShell)),
            (&[("AWS_EXECUTION_ENV", "CloudShell")], Some(Reason::CloudShell)),
            (&[("container", "podman"), ("DISPLAY", ":0")], Some(Reason::Container)),
        ] {
            let env = Env::new(variables.iter().map(|(name, value)| ((*name).into(), (*value).into())), None);
            assert_eq!(facts(&env, false).obstacle(), reason, "{variables:?}");
            assert_eq!(facts(&env, true).obstacle(), None, "a named browser counts as one on this host");
        }
    }
}
