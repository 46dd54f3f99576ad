//! The system's opener: Windows' browser from WSL, a desktop's, and never a text browser.

use crate::harness::{Run, World};

/// A login of which only the browser matters. In a container it would be a code.
fn login(world: &World, variables: &[(&str, &str)]) -> Run {
    let run = world.sso(&["login", "--use-pkce", "--timeout", "1"]).env("PATH", world.path_with_scripts());
    variables.iter().fold(run, |run, (name, value)| run.env(name, value)).run()
}

/// `wslview` where it is, else the handler that Windows has; the address is one argument, and no interpreter stands between.
#[test]
fn wsl() {
    let world = World::corp("browser_system: WSL");
    world.fake("xdg-open");
    world.fake("rundll32.exe");
    for variable in ["WSL_DISTRO_NAME", "WSL_INTEROP"] {
        login(&world, &[(variable, "Debian"), ("DISPLAY", ":0")]).exits(9).says("Opening your browser");
        let arguments = world.arguments("rundll32.exe");
        assert_eq!(
            (arguments.len(), arguments[0].as_str()),
            (2, "url.dll,FileProtocolHandler"),
            "{arguments:?}"
        );
        assert!(arguments[1].starts_with(world.sim.url()) && arguments[1].contains("&code_challenge="));
    }
    world.fake("wslview");
    login(&world, &[("WSL_DISTRO_NAME", "Debian"), ("DISPLAY", ":0")]).exits(9);
    let arguments = world.arguments("wslview");
    assert_eq!(arguments.len(), 1, "{arguments:?}");
    assert!(!arguments[0].contains(['$', '`', '\'', '"', ';', '(', ' ']), "{arguments:?}");
    assert!(!world.was_started("xdg-open") && !world.was_started("rundll32.exe"));
}

/// On a desktop xdg-open; it is told which browsers it may take, for on its own it would take w3m.
#[test]
fn a_desktop() {
    let world = World::corp("browser_system: xdg-open takes no text browser");
    let note = world.outside("browsers").display().to_string();
    world.script("xdg-open", &format!("echo \"$BROWSER\" > {note}.tmp; mv {note}.tmp {note}"));
    login(&world, &[("DISPLAY", ":0")]).exits(9).says("Opening your browser");
    let browsers = world.wait_for_note("browsers");
    assert!(browsers.contains("x-www-browser:firefox"), "{browsers}");
    for text in ["w3m", "lynx", "links", ":www-browser"] {
        assert!(!browsers.contains(text), "{browsers}");
    }
}

/// Without a display there is no opener; a text browser is none, whoever names it.
#[test]
fn no_text_browser() {
    let world = World::corp("browser_system: no text browser");
    for name in ["w3m", "www-browser"] {
        let program = world.fake(name);
        login(&world, &[("BROWSER", name)]).exits(9).says("visit:").does_not_say("Opening");
        let run = world.sso(&["login", "--browser", &program]).run();
        run.exits(2).says(&format!("{name} is a text browser")).says("--use-device-code");
        assert!(!world.was_started(name));
    }
    login(&world, &[]).exits(9).says("No browser could be opened").says("visit:");
}
