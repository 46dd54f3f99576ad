//! The switches of the browsers that people use: a private window, a profile of the browser.

/// Browsers that understand the same switches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Firefox,
    Chromium,
    Edge,
}

/// What programs, macOS applications and flatpaks are called, in lower case.
const NAMES: [(Family, &[&str]); 3] = [
    (
        Family::Firefox,
        &[
            "firefox",
            "firefox-esr",
            "firefox-bin",
            "firefox-nightly",
            "firefox-developer-edition",
            "firefox-devedition",
            "firefoxdeveloperedition",
            "firefox developer edition",
            "librewolf",
            "waterfox",
            "org.mozilla.firefox",
            "io.gitlab.librewolf-community",
        ],
    ),
    (
        Family::Chromium,
        &[
            "chromium",
            "chromium-browser",
            "ungoogled-chromium",
            "chrome",
            "google-chrome",
            "google-chrome-stable",
            "google-chrome-beta",
            "google-chrome-unstable",
            "google chrome",
            "brave",
            "brave-browser",
            "brave-browser-stable",
            "brave browser",
            "vivaldi",
            "vivaldi-stable",
            "org.chromium.chromium",
            "com.google.chrome",
            "com.brave.browser",
        ],
    ),
    (
        Family::Edge,
        &[
            "msedge",
            "microsoft-edge",
            "microsoft-edge-stable",
            "microsoft-edge-beta",
            "microsoft-edge-dev",
            "microsoft edge",
            "com.microsoft.edge",
        ],
    ),
];

/// Switches of Firefox that take the address: the private window's takes their place.
const TAKES_ADDRESS: [&str; 6] = ["--new-window", "-new-window", "--new-tab", "-new-tab", "--url", "-url"];

/// The command with the switches for a private window and for a profile, right before the address. `None`: the browser is
/// not one whose switches are known.
pub(super) fn with_switches(words: &[String], private: bool, profile: Option<&str>) -> Option<Vec<String>> {
    let family = family(words)?;
    let mut words = words.to_vec();
    let at = words.iter().position(|word| word.contains("%s")).unwrap_or(words.len());
    let rest = words.split_off(at);
    if family == Family::Firefox && private {
        words.pop_if(|last| TAKES_ADDRESS.contains(&last.as_str()));
    }
    match (family, profile) {
        (_, None) => {}
        (Family::Firefox, Some(profile)) => words.extend(["-P".to_owned(), profile.to_owned()]),
        (_, Some(profile)) => words.push(format!("--profile-directory={profile}")),
    }
    if private {
        words.push(family.private().to_owned());
    }
    words.extend(rest);
    Some(words)
}

impl Family {
    fn private(self) -> &'static str {
        match self {
            Self::Firefox => "--private-window",
            Self::Chromium => "--incognito",
            Self::Edge => "--inprivate",
        }
    }
}

/// By the first word that names a browser: it may stand behind `flatpak run`, `env A=b` or `open -na`.
fn family(words: &[String]) -> Option<Family> {
    // Without --args, macOS's `open` takes the switches for its own.
    let opener = words.first().map(|word| program(word)).as_deref() == Some("open");
    if opener && !words.iter().any(|word| word == "--args") {
        return None;
    }
    let of = |word: &String| {
        let name = program(word);
        NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(family, _)| *family)
    };
    words.iter().take_while(|word| !word.contains("%s")).find_map(of)
}

/// `/mnt/c/.../Chrome.exe` is `chrome`.
pub(super) fn program(word: &str) -> String {
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
    let name = name.strip_suffix(".exe").unwrap_or(&name);
    name.strip_suffix(".app").unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn switched(command: &str, private: bool, profile: Option<&str>) -> Option<String> {
        let words = shlex::split(command).expect("words");
        with_switches(&words, private, profile).map(|words| words.join("|"))
    }

    #[test]
    fn each_family_has_its_own_switches() {
        for (command, both) in [
            ("firefox", "firefox|-P|work|--private-window"),
            ("/usr/bin/firefox-esr --new-window %s", "/usr/bin/firefox-esr|-P|work|--private-window|%s"),
            ("librewolf -url %s --x", "librewolf|-P|work|--private-window|%s|--x"),
            ("flatpak run org.mozilla.firefox", "flatpak|run|org.mozilla.firefox|-P|work|--private-window"),
            ("chromium --new-window", "chromium|--new-window|--profile-directory=work|--incognito"),
            ("google-chrome %s", "google-chrome|--profile-directory=work|--incognito|%s"),
            ("chromium --app=%s", "chromium|--profile-directory=work|--incognito|--app=%s"),
            ("brave-browser", "brave-browser|--profile-directory=work|--incognito"),
            (
                "'/mnt/c/Program Files/Google/Chrome/Application/chrome.exe'",
                "/mnt/c/Program Files/Google/Chrome/Application/chrome.exe|--profile-directory=work|--incognito",
            ),
            (
                "'C:\\Program Files\\Edge\\msedge.exe'",
                "C:\\Program Files\\Edge\\msedge.exe|--profile-directory=work|--inprivate",
            ),
            ("microsoft-edge", "microsoft-edge|--profile-directory=work|--inprivate"),
            (
                "'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'",
                "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome|--profile-directory=work|--incognito",
            ),
            (
                "open -na 'Google Chrome' --args",
                "open|-na|Google Chrome|--args|--profile-directory=work|--incognito",
            ),
        ] {
            assert_eq!(switched(command, true, Some("work")).as_deref(), Some(both), "{command}");
        }
        assert_eq!(
            switched("firefox --new-window %s", false, Some("a b")).as_deref(),
            Some("firefox|--new-window|-P|a b|%s")
        );
        assert_eq!(switched("msedge", true, None).as_deref(), Some("msedge|--inprivate"));
    }

    #[test]
    fn who_is_not_known_gets_no_switches() {
        for command in [
            "xdg-open",
            "my-firefox",
            "open -a 'Google Chrome'",
            "konqueror",
            "sh -c 'exec firefox'",
            "x %s firefox",
        ] {
            assert_eq!(switched(command, true, None), None, "{command}");
        }
    }
}
