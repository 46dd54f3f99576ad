//! Start URLs: the raw text is kept (cache keys are made of it), the checks happen before use.

use crate::ids::name;
use thiserror::Error;
use url::Url;

name! {
    /// The URL of an access portal, exactly as it was configured.
    ///
    /// The text is the cache key of legacy profiles, so nothing is normalised here.
    StartUrl;
}

/// Why a text cannot be used as a start URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StartUrlError {
    /// The scheme is not `https`, or there is none.
    #[error("it must use the https scheme")]
    NotHttps,
    /// There is no host.
    #[error("it names no host")]
    NoHost,
    /// There is a user name or a password in it.
    #[error("it must not hold a user name or password")]
    UserInfo,
    /// The port is 0.
    #[error("port 0 cannot be used")]
    PortZero,
    /// There are control characters, spaces or bidirectional marks in it.
    #[error("it holds control characters or spaces")]
    Control,
    /// It is no URL for another reason.
    #[error("it is not a URL")]
    Malformed,
}

impl StartUrl {
    /// Parses and checks the URL just before it is used (catalogue D1).
    ///
    /// # Errors
    /// See [`StartUrlError`]: it is not https, names no host, holds a user name, a password, port 0 or control characters, or is
    /// no URL.
    pub fn check(&self) -> Result<Url, StartUrlError> {
        if self.0.chars().any(is_odd) {
            return Err(StartUrlError::Control);
        }
        let has_scheme = self.0.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"));
        if !has_scheme {
            return Err(StartUrlError::NotHttps);
        }
        let url = Url::parse(&self.0).map_err(|error| match error {
            url::ParseError::EmptyHost => StartUrlError::NoHost,
            _ => StartUrlError::Malformed,
        })?;
        match () {
            () if url.host_str().is_none_or(str::is_empty) => Err(StartUrlError::NoHost),
            () if !url.username().is_empty() || url.password().is_some() => Err(StartUrlError::UserInfo),
            () if url.port() == Some(0) => Err(StartUrlError::PortZero),
            () => Ok(url),
        }
    }

    /// The host in lower case and without its port, if the text is a URL: for messages and tables.
    #[must_use]
    pub fn host(&self) -> Option<String> {
        Url::parse(&self.0).ok()?.host_str().map(str::to_owned)
    }

    /// Whether both name the same portal: host case, default port, trailing `/`, `#/` and query do not count.
    #[must_use]
    pub fn same_portal(&self, other: &Self) -> bool {
        self.0 == other.0 || portal_of(&self.0).is_some_and(|portal| Some(portal) == portal_of(&other.0))
    }
}

/// Control characters, white space, what shows nothing, and marks that change the direction of text.
fn is_odd(c: char) -> bool {
    c.is_control()
        || c.is_whitespace()
        || matches!(
            c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        )
}

/// What makes a portal: scheme, host, port and path without its trailing slashes.
fn portal_of(text: &str) -> Option<(String, String, Option<u16>, String)> {
    let url = Url::parse(text).ok()?;
    let host = url.host_str()?.trim_end_matches('.').to_owned();
    Some((
        url.scheme().to_owned(),
        host,
        url.port_or_known_default(),
        url.path().trim_end_matches('/').to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_urls_are_checked_before_use() {
        for (text, expected) in [
            ("https://corp.awsapps.com/start", None),
            ("https://corp.awsapps.com/start#/", None),
            ("HTTPS://CORP.awsapps.com", None),
            ("http://corp.awsapps.com/start", Some(StartUrlError::NotHttps)),
            ("corp.awsapps.com/start", Some(StartUrlError::NotHttps)),
            ("", Some(StartUrlError::NotHttps)),
            ("file:///etc/passwd", Some(StartUrlError::NotHttps)),
            ("https://", Some(StartUrlError::NoHost)),
            ("https://user@corp.awsapps.com", Some(StartUrlError::UserInfo)),
            ("https://:pw@corp.awsapps.com", Some(StartUrlError::UserInfo)),
            ("https://corp.awsapps.com:0/", Some(StartUrlError::PortZero)),
            ("https://corp.awsapps.com:99999/", Some(StartUrlError::Malformed)),
            ("https://corp.awsapps.com/\u{1b}[0m", Some(StartUrlError::Control)),
            ("https://corp.awsapps.com/a b", Some(StartUrlError::Control)),
            ("https://corp.awsapps.com/\u{202e}x", Some(StartUrlError::Control)),
            ("https://corp.awsapps.com/\u{61c}x", Some(StartUrlError::Control)),
            ("https://corp\u{feff}.awsapps.com/", Some(StartUrlError::Control)),
        ] {
            assert_eq!(StartUrl::new(text).check().err(), expected, "{text:?}");
        }
    }

    #[test]
    fn the_same_portal_in_other_words() {
        let one = StartUrl::new("https://corp.awsapps.com/start");
        for (text, same) in [
            ("https://corp.awsapps.com/start/", true),
            ("https://corp.awsapps.com/start#/", true),
            ("https://CORP.awsapps.com:443/start", true),
            ("https://other.awsapps.com/start", false),
            ("http://corp.awsapps.com/start", false),
            ("https://corp.awsapps.com/", false),
            ("https://corp.awsapps.com.evil.net/start", false),
        ] {
            assert_eq!(one.same_portal(&StartUrl::new(text)), same, "{text}");
        }
    }
}
