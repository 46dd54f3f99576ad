//! Proxy settings as a value: read by the caller from wherever it keeps them, applied here.

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use std::fmt;
use thiserror::Error;
use url::Url;

/// How requests reach hosts. Plain http goes to loopback only, and loopback is never proxied, so there is one proxy.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ProxySettings {
    https: Option<ProxyUrl>,
    no_proxy: Vec<String>,
}

#[derive(Clone, PartialEq, Eq)]
struct ProxyUrl {
    /// May hold a password.
    url: Url,
    variable: &'static str,
}

/// A proxy variable whose value cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{variable} is not the URL of a proxy: {reason}")]
pub struct ProxyError {
    /// The variable.
    pub variable: &'static str,
    /// What is wrong with the value; never the value, which may hold a password.
    pub reason: &'static str,
}

impl ProxySettings {
    /// Reads the usual variables through `lookup`: `https_proxy`, `HTTPS_PROXY`, `all_proxy`, `ALL_PROXY`, and `no_proxy`,
    /// `NO_PROXY`. Lower case wins, as in the AWS CLI; an empty value is no value; without a scheme it is `http`.
    ///
    /// # Errors
    /// A value that is not the URL of a proxy. (reqwest would ignore it and go direct without a word.)
    pub fn from_variables(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ProxyError> {
        let value = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let first = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
            .into_iter()
            .find_map(|variable| value(variable).map(|text| (variable, text)));
        let https = first.map(|(variable, text)| parse(variable, &text)).transpose()?;
        let no_proxy = value("no_proxy").or_else(|| value("NO_PROXY")).unwrap_or_default();
        Ok(Self { https, no_proxy: no_proxy.split(',').filter_map(entry).collect() })
    }

    /// Host and port (`proxy.corp:8080`) of the proxy that hosts are reached through, and the variable that says so.
    #[must_use]
    pub fn proxy(&self) -> Option<(String, &'static str)> {
        let proxy = self.https.as_ref()?;
        let port = proxy.url.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
        Some((format!("{}{port}", proxy.url.host_str().unwrap_or_default()), proxy.variable))
    }

    /// Host and port of the proxy that this URL is reached through; `None`: directly.
    #[must_use]
    pub fn proxy_of(&self, url: &Url) -> Option<String> {
        self.intercept(url)?;
        self.proxy().map(|(host, _)| host)
    }

    /// The same rules as the client's own, whose matcher this is.
    pub(crate) fn intercept(&self, url: &Url) -> Option<Intercept> {
        let proxy = self.https.as_ref()?;
        let matcher = Matcher::builder().all(proxy.url.as_str()).no(self.exceptions()).build();
        matcher.intercept(&url.as_str().parse().ok()?)
    }

    fn exceptions(&self) -> String {
        let own = ["localhost", "127.0.0.0/8", "::1"].into_iter();
        own.chain(self.no_proxy.iter().map(String::as_str)).collect::<Vec<_>>().join(",")
    }

    pub(crate) fn apply(
        &self,
        builder: reqwest::ClientBuilder,
    ) -> Result<reqwest::ClientBuilder, ProxyError> {
        let builder = builder.no_proxy();
        let Some(proxy) = &self.https else { return Ok(builder) };
        let unusable = |_| ProxyError { variable: proxy.variable, reason: "it cannot be used" };
        let all = reqwest::Proxy::all(proxy.url.as_str()).map_err(unusable)?;
        Ok(builder.proxy(all.no_proxy(reqwest::NoProxy::from_string(&self.exceptions()))))
    }
}

/// `*.example` and `host:443` mean what people mean by them (reqwest would not match them).
fn entry(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_suffix(":443").unwrap_or(text);
    let text = text.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(text);
    (!text.is_empty()).then(|| text.to_owned())
}

fn parse(variable: &'static str, text: &str) -> Result<ProxyUrl, ProxyError> {
    let wrong = |reason| ProxyError { variable, reason };
    let text = text.trim();
    let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let url = Url::parse(&whole).map_err(|_| wrong("it cannot be parsed"))?;
    if !matches!(url.scheme(), "http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h") {
        return Err(wrong("its scheme is none of http, https, socks4, socks4a, socks5, socks5h"));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(wrong("it names no host"));
    }
    Ok(ProxyUrl { url, variable })
}

impl fmt::Debug for ProxySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxySettings")
            .field("proxy", &self.proxy())
            .field("no_proxy", &self.no_proxy)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<ProxySettings, ProxyError> {
        ProxySettings::from_variables(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, v)| (*v).to_owned())
        })
    }

    #[test]
    fn which_variable_counts() {
        for (pairs, expected) in [
            (&[][..], None),
            (&[("HTTPS_PROXY", "http://up:3128")], Some(("up:3128", "HTTPS_PROXY"))),
            (
                &[("HTTPS_PROXY", "http://up:1"), ("https_proxy", "http://low:2")],
                Some(("low:2", "https_proxy")),
            ),
            (&[("https_proxy", ""), ("HTTPS_PROXY", "up:1")], Some(("up:1", "HTTPS_PROXY"))),
            (&[("ALL_PROXY", "socks5h://s:1080")], Some(("s:1080", "ALL_PROXY"))),
            (&[("HTTP_PROXY", "http://up:3128")], None),
        ] {
            let found = read(pairs).expect("valid").proxy();
            assert_eq!(
                found.as_ref().map(|(host, variable)| (host.as_str(), *variable)),
                expected,
                "{pairs:?}"
            );
        }
    }

    #[test]
    fn a_bad_value_is_named_and_not_shown() {
        for text in ["::::", "http://", "ftp://proxy", "http://user:CANARY@"] {
            let error = read(&[("https_proxy", text)]).expect_err(text);
            assert!(
                error.to_string().starts_with("https_proxy ") && !error.to_string().contains("CANARY"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_password_never_shows() {
        let settings = read(&[("https_proxy", "http://user:CANARY@proxy:3128")]).expect("valid");
        assert!(!format!("{settings:?}").contains("CANARY"));
    }

    #[test]
    fn which_hosts_go_through_it() {
        let settings = read(&[("https_proxy", "proxy:3128"), ("no_proxy", "*.corp.example,10.0.0.0/8")]);
        let settings = settings.expect("valid");
        for (url, through) in [
            ("https://oidc.us-east-1.amazonaws.com/", true),
            ("https://sso.corp.example/start", false),
            ("https://10.1.2.3/", false),
            ("http://127.0.0.1:8080/", false),
            ("https://localhost:1/", false),
            ("https://[::1]:1/", false),
        ] {
            let url = Url::parse(url).expect("a URL");
            let expected = through.then(|| "proxy:3128".to_owned());
            assert_eq!(settings.proxy_of(&url), expected, "{url}");
        }
        let direct = ProxySettings::default();
        assert_eq!(direct.proxy_of(&Url::parse("https://a.example").expect("a URL")), None);
    }

    #[test]
    fn exceptions_mean_what_people_mean() {
        let found: Vec<_> =
            " *.amazonaws.com, localhost:443 ,, 10.0.0.0/8,*".split(',').filter_map(entry).collect();
        assert_eq!(found, [".amazonaws.com", "localhost", "10.0.0.0/8", "*"]);
    }
}
