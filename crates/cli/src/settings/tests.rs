//! The settings file: what is read, every way in which a line can be wrong, and that rust-ini and our lines agree.

use super::*;
use crate::explain::{Explain as _, Voice};
use proptest::prelude::*;

fn parsed(text: &str) -> Result<Settings, SettingsError> {
    Settings::parse(text, Path::new("/home/ann/.config/sso/settings.ini"))
}

fn words(values: &Values) -> Option<String> {
    values.browser.as_ref().map(|browser| browser.value.join("|"))
}

const WHOLE: &str = "\
# For all sessions.
browser = firefox --new-window %s
browser_private=true
  browser_profile  =  my profile
; flow = device
flow = auto

[sso-session corp]
browser = 'google chrome' '--x=\\n' %s
flow = device
[sso-session \"two words\"]
browser_private = false
[sso-session empty]
[ sso-session   acme ]
browser_profile = Profile 2
";

#[test]
fn the_sessions_section_goes_before_the_top() {
    for text in [WHOLE.to_owned(), WHOLE.replace('\n', "\r\n"), WHOLE.trim_end().to_owned()] {
        let settings = parsed(&text).expect("good settings");
        for (session, browser, private, profile, flow) in [
            (None, "firefox|--new-window|%s", true, Some("my profile"), FlowSetting::Auto),
            (Some("empty"), "firefox|--new-window|%s", true, Some("my profile"), FlowSetting::Auto),
            (Some("unknown"), "firefox|--new-window|%s", true, Some("my profile"), FlowSetting::Auto),
            // No profile: that of the general browser would be none of this one.
            (Some("corp"), "google chrome|--x=\\n|%s", true, None, FlowSetting::Device),
            (Some("two words"), "firefox|--new-window|%s", false, Some("my profile"), FlowSetting::Auto),
            (Some("acme"), "firefox|--new-window|%s", true, Some("Profile 2"), FlowSetting::Auto),
        ] {
            let values = settings.of(session);
            assert_eq!(words(&values).as_deref(), Some(browser), "{session:?}");
            assert_eq!(values.private.map(|private| private.value), Some(private), "{session:?}");
            assert_eq!(values.profile.map(|profile| profile.value).as_deref(), profile, "{session:?}");
            assert_eq!(values.flow.map(|flow| flow.value), Some(flow), "{session:?}");
        }
        let profile = settings.of(Some("acme")).profile.expect("it is set");
        assert_eq!(profile.place.line, 15);
    }
    assert_eq!(parsed("").expect("nothing is set"), Settings::default());
    assert_eq!(parsed("\n# only this\n\n").expect("nothing is set"), Settings::default());
}

/// The line, the words that name the culprit, and the nearest right one.
#[test]
fn what_is_wrong_is_named() {
    for (text, line, says) in [
        ("brwoser = x", 1, &["\"brwoser\"", "write browser ="][..]),
        ("\n\nBrowser = x", 3, &["\"Browser\"", "write browser ="]),
        ("private = true", 1, &["\"private\"", "write browser_private ="]),
        ("flow = auto\nsso_region = x", 2, &["\"sso_region\""]),
        ("flow = pkse", 1, &["flow", "\"pkse\"", "auto, pkce, device", "write flow = pkce"]),
        ("store = keyring", 1, &["store", "\"keyring\"", "shared, split", "write store = s"]),
        ("stroe = split", 1, &["\"stroe\"", "write store ="]),
        ("flow =", 1, &["flow", "\"\"", "auto, pkce, device"]),
        ("[sso-session a]\nflow = Device", 2, &["\"Device\"", "write flow = device"]),
        ("browser_private = yes", 1, &["browser_private", "\"yes\"", "write browser_private = true"]),
        ("browser_private = No", 1, &["\"No\"", "write browser_private = false"]),
        ("browser_private = true # comment", 1, &["\"true # comment\"", "write browser_private = true"]),
        ("browser_profile =", 1, &["browser_profile", "\"\"", "empty"]),
        ("browser_profile = --x", 1, &["\"--x\"", "looks like an option"]),
        ("browser = a 'b", 1, &["browser", "\"a 'b\"", "open quote"]),
        ("browser =", 1, &["browser", "empty"]),
        ("browser = '' x", 1, &["browser", "empty"]),
        ("browser = w3m %s", 1, &["w3m is a text browser", "browser = none"]),
        ("\n[sso-sesion corp]", 2, &["[sso-sesion corp]", "write [sso-session corp]"]),
        ("[corp]", 1, &["[corp]", "write [sso-session corp]"]),
        ("[sso-session]", 1, &["[sso-session]", "write [sso-session NAME]"]),
        ("[sso-session \"\"]", 1, &["write [sso-session NAME]"]),
        ("[profile dev]\nflow = auto", 1, &["[profile dev]", "write [sso-session dev]"]),
        ("[sso-session a]\n[sso-session b]\n[sso-session 'a']", 3, &["[sso-session a]", "twice", "line 1"]),
        ("flow = auto\nflow = auto", 2, &["flow", "twice", "line 1"]),
        ("browser", 1, &["\"browser\" of the settings cannot be read"]),
        ("flow = auto\nbare words\nbrowser = x", 2, &["\"bare words\""]),
        ("= x", 1, &["\"= x\""]),
        ("browser: x", 1, &["\"browser: x\""]),
        ("a:b = x", 1, &["\"a:b = x\""]),
        ("[sso-session a", 1, &["\"[sso-session a\""]),
        ("[sso-session a] # b", 1, &["\"[sso-session a] # b\""]),
        ("[sso-session a]b]", 1, &["\"[sso-session a]b]\""]),
        ("flow = auto\n  # indented", 2, &["does not begin its line"]),
        (
            "browser_profile = a\\\nflow = auto",
            1,
            &["\"browser_profile = a\\\" of the settings cannot be read"],
        ),
        ("flow = a\rflow = b", 1, &["cannot be read"]),
    ] {
        let error = parsed(text).expect_err(text);
        assert_eq!(error.place.line, line, "{text:?}: {error:?}");
        let env = Env::new([("HOME".into(), "/home/ann".into())], None);
        let told = error.explain(&Voice::new(&env));
        assert_eq!(told.exit.code(), 3, "{text:?}");
        let told = told.text(false, None);
        for part in says.iter().copied().chain([format!("~/.config/sso/settings.ini:{line}").as_str()]) {
            assert!(told.contains(part), "{text:?} does not say {part:?}:\n{told}");
        }
    }
}

#[test]
fn each_session_may_have_its_own_store() {
    let settings =
        parsed("store = split\n[sso-session open]\nstore = shared\n[sso-session other]\n").expect("good");
    for (session, expected) in [
        (None, StoreSetting::Split),
        (Some("open"), StoreSetting::Shared),
        (Some("other"), StoreSetting::Split),
        (Some("unknown"), StoreSetting::Split),
    ] {
        let store = settings.of(session).store.map(|store| store.value);
        assert_eq!(store, Some(expected), "{session:?}");
    }
    assert_eq!(StoreSetting::default(), StoreSetting::Shared);
}

#[test]
fn the_place_of_the_file() {
    for (variable, expected) in [
        ("/xdg", "/xdg/sso/settings.ini"),
        ("", "/home/ann/.config/sso/settings.ini"),
        ("relative", "/home/ann/.config/sso/settings.ini"),
    ] {
        let env = Env::new(
            [("HOME".into(), "/home/ann".into()), ("XDG_CONFIG_HOME".into(), variable.into())],
            None,
        );
        assert_eq!(path(&env).expect("a home"), Path::new(expected));
    }
}

#[test]
fn files_that_are_none() {
    let home = tempfile::tempdir().expect("a directory");
    let env = || Env::new([("XDG_CONFIG_HOME".into(), home.path().into())], None);
    assert_eq!(Settings::load(&env()), Ok(Settings::default()), "no directory");
    let dir = home.path().join("sso");
    std::fs::create_dir(&dir).expect("a directory");
    assert_eq!(Settings::load(&env()), Ok(Settings::default()), "no file");
    let file = dir.join("settings.ini");
    for (content, reason) in [
        (b"flow = auto \xff".to_vec(), Some("UTF-8")),
        (vec![b'#'; 1024 * 1024 + 1], Some("longer than 1 MiB")),
        (b"\xef\xbb\xbfflow = device\n".to_vec(), None),
    ] {
        sso_fs::replace(&file, &content, None).expect("a file");
        match (Settings::load(&env()), reason) {
            (Ok(settings), None) => {
                assert_eq!(settings.of(None).flow.map(|flow| flow.value), Some(FlowSetting::Device));
            }
            (Err(error), Some(reason)) => {
                assert!(
                    matches!(&error.fault, SettingsFault::Unreadable(text) if text.contains(reason)),
                    "{error:?}"
                );
            }
            (result, _) => panic!("{result:?}"),
        }
    }
    std::fs::remove_file(&file).expect("it is there");
    std::fs::create_dir(&file).expect("a directory");
    assert!(matches!(Settings::load(&env()), Err(SettingsError { fault: SettingsFault::Unreadable(_), .. })));
}

/// Lines of the kinds that there are, and of some that there are not.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("# comment".to_owned()),
        Just(String::new()),
        "\\[sso-session [a-c]\\]",
        "(browser|browser_profile|flow|browser_private) ?= ?[a-z%:=#;\\\\\"' ]{0,8}",
        "[ \ta-c=:\\[\\]#;\"'\\\\\r]{0,8}",
    ]
}

proptest! {
    /// Whatever stands there, each value is that of its own line.
    #[test]
    fn values_are_those_of_their_lines(lines in prop::collection::vec(line(), 0..8)) {
        let text = lines.join("\n");
        let Ok(settings) = parsed(&text) else { return Ok(()) };
        for values in settings.sessions.values().chain([&settings.general]) {
            if let Some(profile) = &values.profile {
                let line = &lines[usize::try_from(profile.place.line).expect("a number") - 1];
                prop_assert_eq!(line.split_once('=').map(|(_, value)| value.trim()), Some(profile.value.as_str()));
            }
            for place in [values.flow.as_ref().map(|flow| &flow.place), values.private.as_ref().map(|set| &set.place)] {
                let line = place.map(|place| &lines[usize::try_from(place.line).expect("a number") - 1]);
                prop_assert!(line.is_none_or(|line| line.contains("flow") || line.contains("browser_private")));
            }
        }
    }
}
