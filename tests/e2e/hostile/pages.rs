//! Addresses that the service wants opened: only AWS's own and those of the configured endpoint are (catalogue C1).

use super::calls::named;
use super::play::{streams, through};
use super::row::json;
use super::tame::EVIL;
use serde_json::json;
use sso_sim::Front;

/// What the service says, and what of it is shown.
const PAGES: &[(&str, &str)] = &[
    ("file:///etc/passwd", "file:///etc/passwd"),
    ("javascript:alert(1)", "javascript:alert(1)"),
    ("data:text/html,<script>", "data:text/html,<script>"),
    ("vscode://x", "vscode://x"),
    ("ms-settings:", "ms-settings:"),
    ("chrome://settings", "chrome://settings"),
    ("about:blank", "about:blank"),
    ("ftp://corp.awsapps.com/", "ftp://corp.awsapps.com/"),
    ("http://corp.awsapps.com/start", "http://corp.awsapps.com/start"),
    ("https://user@corp.awsapps.com/", "https://user@corp.awsapps.com/"),
    ("https://:pw@corp.awsapps.com/", "https://:pw@corp.awsapps.com/"),
    ("https://corp.awsapps.com@evil.example/", "https://corp.awsapps.com@evil.example/"),
    ("https://corp.awsapps.com.evil.example/", "https://corp.awsapps.com.evil.example/"),
    ("https://evil.example/?x=corp.awsapps.com", "https://evil.example/?x=corp.awsapps.com"),
    ("https://evil.example\\.awsapps.com/", "https://evil.example\\.awsapps.com/"),
    ("https://evilawsapps.com/", "https://evilawsapps.com/"),
    ("https://xn--awsapps-p9a.com/", "https://xn--awsapps-p9a.com/"),
    ("https://аwsapps.com/", "https://аwsapps.com/"),
    ("https://bucket.s3.amazonaws.com/", "https://bucket.s3.amazonaws.com/"),
    ("https://127.0.0.1:1/", "https://127.0.0.1:1/"),
    ("http://[::1]:1/", "http://[::1]:1/"),
    ("//corp.awsapps.com/", "//corp.awsapps.com/"),
    ("-x", "-x"),
    ("--version", "--version"),
    ("$(touch x)", "$(touch x)"),
    ("https://corp.awsapps.com/\0", "https://corp.awsapps.com/\\u{0}"),
    ("https://corp.awsapps.com/\n--version", "https://corp.awsapps.com/\\u{a}--version"),
    ("https://corp.awsapps.com/ x", "https://corp.awsapps.com/ x"),
    ("https://corp.awsapps.com/\u{202e}x", "https://corp.awsapps.com/\\u{202e}x"),
    (EVIL, "X\\u{1b}[7;5;41mY"),
];

/// The last one is good: by the time it has been noted, the others would have been.
const GOOD: &str = "https://device.sso.us-east-1.amazonaws.com/?user_code=ABCD-EFGH";

#[test]
fn what_is_not_aws_is_shown_and_not_opened() {
    let call = named("StartDeviceAuthorization");
    let world = call.world("hostile: addresses that are not opened");
    let note = world.outside("opened");
    let shown = note.display();
    let browser =
        world.script("browser", &format!("for a; do echo \"[$a]\"; done >> {shown}; touch {shown}.done"));
    let before = world.files();
    let login = |page: &str, whole: &str| {
        let body = json!({ "deviceCode": "unknown", "userCode": "ABCD-EFGH", "verificationUri": page,
            "verificationUriComplete": whole, "expiresIn": 600, "interval": 1 });
        let front = Front::before(world.sim.address(), call.mark, json(&body));
        let run = through(world.sso(call.args).browser(&browser), &world, &front.url()).run();
        // The service does not know the code.
        run.exits(4);
        assert!(before == world.files(), "{page:?}");
        streams(&run)
    };
    for (page, shown) in PAGES {
        // Good in one place is not good in the other.
        for (page, whole) in [(*page, *page), (*page, GOOD), (*page, "")] {
            let [out, err] = login(page, whole);
            assert!(err.contains(&format!("  Open   {shown}")), "{page:?} is not shown:\n{err}");
            assert!(err.contains("That address is not one of AWS, so it is not opened."), "{page:?}: {err}");
            assert_eq!(out, "");
        }
    }
    assert!(!note.exists(), "{:?}", std::fs::read_to_string(&note));
    let [_, err] = login("https://device.sso.us-east-1.amazonaws.com/", GOOD);
    assert!(!err.contains("not one of AWS"), "{err}");
    world.wait_for_note("opened.done");
    let opened = std::fs::read_to_string(&note).expect("it was opened");
    assert_eq!(opened, format!("[{GOOD}]\n"));
}
