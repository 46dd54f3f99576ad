//! One host: how far the way to it goes.

use crate::catalogue::Code;
use sso_http::{Attempt, HttpError, Presented, Url};
use std::net::SocketAddr;

/// What a host is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Signing in and renewing (OIDC).
    SignIn,
    /// Accounts, roles and role credentials.
    Portal,
    /// Assuming a role.
    Sts,
    /// The portal's page, which only the browser needs.
    StartPage,
    /// A start URL of the customer's own domain, which leads to the portal.
    Vanity,
}

/// What is known of a host.
#[derive(Debug)]
pub(crate) struct HostFacts {
    pub(crate) url: Url,
    pub(crate) uses: Vec<Use>,
    /// Host and port of the proxy it is reached through.
    pub(crate) through: Option<String>,
    /// Its addresses, or those of the proxy.
    pub(crate) addresses: Result<Vec<SocketAddr>, String>,
    /// Attempts to connect, one a family.
    pub(crate) attempts: Vec<(SocketAddr, Attempt)>,
    /// What the proxy answered to CONNECT.
    pub(crate) tunnel: Option<u16>,
    /// The certificates it presented.
    pub(crate) presented: Option<Presented>,
    /// Its reply; `None`: it was not asked, because the way ended before.
    pub(crate) reply: Option<Result<HostReply, HttpError>>,
}

/// A reply, as far as it matters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HostReply {
    pub(crate) status: u16,
    /// Seconds that its clock is ahead of ours.
    pub(crate) ahead: Option<i64>,
}

/// Where a way ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    pub(crate) code: Code,
    /// What was seen, as a sentence's part.
    pub(crate) why: String,
}

impl HostFacts {
    /// Nothing is known yet.
    pub(crate) fn new(url: Url, uses: Vec<Use>) -> Self {
        let (through, addresses, attempts) = (None, Ok(Vec::new()), Vec::new());
        Self { url, uses, through, addresses, attempts, tunnel: None, presented: None, reply: None }
    }

    /// The host, with its port where that is not the scheme's own. Foreign text.
    pub(crate) fn name(&self) -> String {
        let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}{port}", self.url.host_str().unwrap_or_default())
    }

    /// Whether any reply came.
    pub(crate) fn answered(&self) -> bool {
        matches!(self.reply, Some(Ok(_)))
    }

    /// Whether one of the service's own commands needs it.
    pub(crate) fn is_needed(&self) -> bool {
        self.uses.iter().any(|of| *of != Use::StartPage)
    }

    fn is_vanity(&self) -> bool {
        self.uses.contains(&Use::Vanity)
    }

    /// The earliest layer that fails: name, connection, proxy, TLS, reply. `None`: the way goes all through.
    pub(crate) fn stop(&self) -> Option<Stop> {
        let stop = |code, why: String| Some(Stop { code, why });
        let proxied = self.through.is_some();
        // Whatever keeps an address of one's own from leading to AWS has one code.
        let own = |code| if self.is_vanity() { Code::N11 } else { code };
        match &self.addresses {
            Err(why) if proxied => return stop(Code::N02, format!("its name cannot be resolved: {why}")),
            Err(why) if self.is_fips() => return stop(Code::N13, why.clone()),
            Err(why) => return stop(own(Code::N01), why.clone()),
            Ok(_) => {}
        }
        if self.is_only_reachable_by_ipv6() {
            return stop(Code::N09, "this machine has no IPv4 network, and the host no IPv6 address".into());
        }
        if !self.attempts.is_empty() && self.attempts.iter().all(|(_, end)| *end != Attempt::Connected) {
            let why = self.attempts.iter().map(|(address, end)| format!("{address}: {}", words(end)));
            let why = why.collect::<Vec<_>>().join(", ");
            return stop(if proxied { Code::N02 } else { own(Code::N08) }, why);
        }
        match self.tunnel {
            Some(407) => return stop(Code::N03, "it answered 407".into()),
            Some(status) if !(200..300).contains(&status) => {
                return stop(Code::N02, format!("it answered {status} to CONNECT {}", self.name()));
            }
            _ => {}
        }
        match self.reply.as_ref()?.as_ref().err()? {
            HttpError::Tls { problem, .. } => stop(Code::N06, problem.to_string()),
            HttpError::Proxy { reason, .. } => stop(Code::N02, reason.clone()),
            HttpError::ProxyAuthentication { .. } => stop(Code::N03, "it asks for a user name".into()),
            HttpError::Resolve { .. } => stop(own(Code::N01), "its name cannot be resolved".into()),
            HttpError::Timeout { after, .. } => stop(
                own(Code::N08),
                format!("it takes the connection and does not answer within {} s", after.as_secs()),
            ),
            other => stop(own(Code::N08), other.to_string()),
        }
    }

    fn is_fips(&self) -> bool {
        self.url.host_str().is_some_and(|host| host.contains("-fips."))
    }

    /// There is no way by IPv4 from here, and the host has no other address.
    fn is_only_reachable_by_ipv6(&self) -> bool {
        self.through.is_none()
            && !self.attempts.is_empty()
            && self.attempts.iter().all(|(address, end)| address.is_ipv4() && *end == Attempt::Unreachable)
    }

    /// IPv6 that is tried and goes nowhere, while IPv4 works: every connection stalls first.
    pub(crate) fn stalls_on_ipv6(&self) -> bool {
        let any = |wanted: &dyn Fn(&SocketAddr, &Attempt) -> bool| {
            self.attempts.iter().any(|(address, end)| wanted(address, end))
        };
        any(&|address, end| address.is_ipv6() && *end == Attempt::TimedOut)
            && any(&|address, end| address.is_ipv4() && *end == Attempt::Connected)
    }
}

fn words(end: &Attempt) -> String {
    match end {
        Attempt::Connected => "connected".to_owned(),
        Attempt::Unreachable => "no way there from this machine".to_owned(),
        Attempt::Refused(why) => why.clone(),
        Attempt::TimedOut => "no answer".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sso_http::TlsProblem;
    use std::time::Duration;

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    fn host(change: impl FnOnce(&mut HostFacts)) -> HostFacts {
        let url = Url::parse("https://oidc.us-east-1.amazonaws.com/").expect("a URL");
        let mut host = HostFacts::new(url, vec![Use::SignIn]);
        change(&mut host);
        host
    }

    #[test]
    fn the_earliest_layer_is_named() {
        let (v4, v6) = (address("192.0.2.1:443"), address("[2001:db8::1]:443"));
        let through = |host: &mut HostFacts| host.through = Some("proxy:3128".into());
        let tls = || HttpError::Tls { host: "h".into(), problem: TlsProblem::UnknownIssuer };
        let late = || HttpError::Timeout { host: "h".into(), after: Duration::from_secs(3) };
        type Change<'a> = Box<dyn FnOnce(&mut HostFacts) + 'a>;
        let cases: Vec<(Change<'_>, Option<Code>)> = vec![
            (Box::new(|host| host.reply = Some(Ok(HostReply::default()))), None),
            (Box::new(|host| host.addresses = Err("no such name".into())), Some(Code::N01)),
            (
                Box::new(|host| {
                    through(host);
                    host.addresses = Err("no such name".into());
                }),
                Some(Code::N02),
            ),
            (
                Box::new(|host| {
                    host.url.set_host(Some("oidc-fips.eu-west-1.amazonaws.com")).expect("a host");
                    host.addresses = Err("no such name".into());
                }),
                Some(Code::N13),
            ),
            (
                Box::new(|host| {
                    host.uses = vec![Use::Vanity];
                    host.addresses = Err("no such name".into());
                }),
                Some(Code::N11),
            ),
            (Box::new(|host| host.attempts = vec![(v4, Attempt::TimedOut)]), Some(Code::N08)),
            (
                Box::new(|host| {
                    host.attempts = vec![(v4, Attempt::TimedOut), (v6, Attempt::Connected)];
                }),
                None,
            ),
            (Box::new(|host| host.attempts = vec![(v4, Attempt::Unreachable)]), Some(Code::N09)),
            (
                Box::new(|host| {
                    host.attempts = vec![(v4, Attempt::Unreachable), (v6, Attempt::TimedOut)];
                }),
                Some(Code::N08),
            ),
            (
                Box::new(|host| {
                    through(host);
                    host.attempts = vec![(v4, Attempt::Refused("refused".into()))];
                }),
                Some(Code::N02),
            ),
            (
                Box::new(|host| {
                    through(host);
                    host.tunnel = Some(407);
                    host.reply = Some(Err(tls()));
                }),
                Some(Code::N03),
            ),
            (
                Box::new(|host| {
                    through(host);
                    host.tunnel = Some(403);
                }),
                Some(Code::N02),
            ),
            (Box::new(|host| host.reply = Some(Err(tls()))), Some(Code::N06)),
            (Box::new(|host| host.reply = Some(Err(late()))), Some(Code::N08)),
        ];
        for (at, (change, code)) in cases.into_iter().enumerate() {
            let found = host(change).stop();
            assert_eq!(found.as_ref().map(|stop| stop.code), code, "case {at}: {found:?}");
        }
    }

    #[test]
    fn ipv6_that_stalls() {
        let (v4, v6) = (address("192.0.2.1:443"), address("[2001:db8::1]:443"));
        for (four, six, stalls) in [
            (Attempt::Connected, Attempt::TimedOut, true),
            // Known at once: nobody waits for it.
            (Attempt::Connected, Attempt::Unreachable, false),
            (Attempt::Connected, Attempt::Connected, false),
            (Attempt::TimedOut, Attempt::TimedOut, false),
        ] {
            let found = host(|host| host.attempts = vec![(v4, four.clone()), (v6, six.clone())]);
            assert_eq!(found.stalls_on_ipv6(), stalls, "{four:?} {six:?}");
        }
    }
}
