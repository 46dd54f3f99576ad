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
            || set(&["DISPLAY", "WAYLAND_DISPLAY"])
            || is_wsl(env, &kernel()),
        browser_named,
    }
}

/// Whether this is Linux inside Windows: then the user's browser is one of Windows. The variables are lost with `sudo` and in
/// services; the kernel calls itself Microsoft's all the same.
pub(crate) fn is_wsl(env: &Env, kernel: &str) -> bool {
    ["WSL_DISTRO_NAME", "WSL_INTEROP"].iter().any(|name| env.get(name).is_some())
        || kernel.to_ascii_lowercase().contains("microsoft")
}

/// What the kernel calls itself; nothing where it does not say.
pub(crate) fn kernel() -> String {
    std::fs::read_to_string("/proc/version").unwrap_or_default()
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

    #[test]
    fn who_is_windows() {
        const WSL2: &str = "Linux version 5.15.153.1-microsoft-standard-WSL2 (root@x) #1 SMP";
        const WSL1: &str = "Linux version 4.4.0-19041-Microsoft (Microsoft@Microsoft.com)";
        const DEBIAN: &str = "Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org)";
        for (variables, kernel, wsl) in [
            (&[][..], DEBIAN, false),
            (&[][..], "", false),
            (&[][..], WSL1, true),
            (&[][..], WSL2, true),
            (&["WSL_INTEROP"], DEBIAN, true),
            (&["WSL_DISTRO_NAME"], "", true),
        ] {
            let env = Env::new(variables.iter().map(|name| ((*name).into(), "x".into())), None);
            assert_eq!(is_wsl(&env, kernel), wsl, "{variables:?} {kernel}");
        }
    }
}
