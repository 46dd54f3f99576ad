//! Which addresses may be opened, and how they are written for whoever reads them on the way (catalogue C1, C2).

use crate::output::escape::is_needed;
use sso_core::EndpointUrl;
use sso_oidc::is_sign_in_host;
use url::Url;

/// Longer addresses are not opened.
const LONGEST: usize = 8 * 1024;

/// The address, if it may be opened: https at a host of AWS or at the configured endpoint, or http at that endpoint when it is
/// a loopback literal. Whatever else the service says is shown, never opened.
pub(crate) fn openable(text: &str, endpoint: &EndpointUrl) -> Option<Url> {
    // What is shown as an escape is not what would be opened.
    let clean = text.len() <= LONGEST && !is_needed(text) && !text.chars().any(char::is_whitespace);
    let url = Url::parse(text).ok().filter(|_| clean)?;
    let host = url.host_str()?;
    let known = is_sign_in_host(host);
    let configured = url.origin() == endpoint.url().origin();
    let safe = match url.scheme() {
        "https" => known || configured,
        "http" => configured && endpoint.is_loopback(),
        _ => false,
    };
    (safe && url.username().is_empty() && url.password().is_none()).then_some(url)
}

/// The address with everything percent-encoded that a shell, PowerShell or cmd could take for its own: `wslview` and many a
/// `BROWSER` hand it to one of them. To a web server it is the same address.
pub(super) fn tame(url: &Url) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@&+,=%".contains(c);
    url.as_str().chars().fold(String::new(), |mut text, c| {
        match c {
            c if plain(c) => text.push(c),
            // `Url` has encoded whatever is not ASCII.
            c => text.push_str(&format!("%{:02X}", u32::from(c))),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What no interpreter leaves alone is gone, and the parameters mean the same.
    #[test]
    fn no_interpreter_finds_anything_of_its_own() {
        let text =
            "https://oidc.us-east-1.amazonaws.com/a'b$(c)?x=1&y=$(calc)`id`;'!*^{}|%24&z=%26%20\"q\"#f;$(g)";
        let url = Url::parse(text).expect("an address");
        let tamed = tame(&url);
        assert!(
            !tamed.contains([
                '$', '`', ';', '\'', '"', '(', ')', '{', '}', '|', '^', '!', '*', '<', '>', ' ', '\\'
            ]),
            "{tamed}"
        );
        assert!(tamed.starts_with("https://oidc.us-east-1.amazonaws.com/a%27b"), "{tamed}");
        let again = Url::parse(&tamed).expect("an address");
        assert_eq!(again.query_pairs().collect::<Vec<_>>(), url.query_pairs().collect::<Vec<_>>());
        let usual = "https://oidc.us-east-1.amazonaws.com/authorize?response_type=code&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2F&scopes=sso%3Aaccount%3Aaccess";
        assert_eq!(tame(&Url::parse(usual).expect("an address")), usual);
    }

    #[test]
    fn only_safe_addresses_are_opened() {
        let aws = EndpointUrl::parse("https://oidc.us-east-1.amazonaws.com").expect("an endpoint");
        let local = EndpointUrl::parse("http://127.0.0.1:4000").expect("an endpoint");
        let proxy = EndpointUrl::parse("https://sso.corp.example/aws").expect("an endpoint");
        for (text, endpoint, opened) in [
            ("https://device.sso.us-east-1.amazonaws.com/?user_code=A", &aws, true),
            ("https://corp.awsapps.com/start/#/device", &aws, true),
            ("https://us-east-1.signin.aws/platform", &aws, true),
            ("https://x.portal.eu-west-1.app.aws/", &aws, true),
            ("http://127.0.0.1:4000/device?user_code=A", &local, true),
            ("https://sso.corp.example/device", &proxy, true),
            ("https://attacker-bucket.s3.amazonaws.com/x", &aws, false),
            ("http://127.0.0.1:4001/device", &local, false),
            ("http://127.0.0.1:4000/device", &aws, false),
            ("http://device.sso.us-east-1.amazonaws.com/", &aws, false),
            ("https://amazonaws.com.evil.example/", &aws, false),
            ("https://evilamazonaws.com/", &aws, false),
            ("https://a@device.sso.us-east-1.amazonaws.com/", &aws, false),
            ("https://:b@device.sso.us-east-1.amazonaws.com/", &aws, false),
            ("https://evil.example/?x=amazonaws.com", &aws, false),
            ("file:///etc/passwd", &aws, false),
            ("javascript:alert(1)", &aws, false),
            ("data:text/html,x", &aws, false),
            ("vscode://x", &aws, false),
            ("ms-settings:", &aws, false),
            ("-x", &aws, false),
            ("--help", &aws, false),
            ("", &aws, false),
            ("https://device.sso.us-east-1.amazonaws.com/\u{0}", &aws, false),
            ("https://device.sso.us-east-1.amazonaws.com/\n", &aws, false),
            ("https://device.sso.us-east-1.amazonaws.com/a b", &aws, false),
            ("https://device.sso.us-east-1.amazonaws.com/\u{202e}x", &aws, false),
            ("https://device.sso.us-east-1.amazonaws.com/\u{200b}", &aws, false),
        ] {
            assert_eq!(openable(text, endpoint).is_some(), opened, "{text:?}");
        }
        let long = format!("https://device.sso.us-east-1.amazonaws.com/{}", "a".repeat(LONGEST));
        assert_eq!(openable(&long, &aws), None);
    }
}
