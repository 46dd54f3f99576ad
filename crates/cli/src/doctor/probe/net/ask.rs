//! Asks the hosts, all at once, within one budget of time. Sends HEAD and GET only, and lists and role credentials with the
//! cached token if it lives: never anything that signs in, renews or signs out.

use super::ca_file::CaFile;
use super::host::{HostFacts, HostReply, Use};
use super::local::LocalFacts;
use super::{Net, NetFacts, SessionFacts};
use crate::catalogue::Code;
use crate::context::{Network, http_settings};
use crate::doctor::probe::Probe;
use jiff::fmt::rfc2822::DateTimeParser;
use sso_core::{AccessToken, AccountId, Clock, Region, RoleName};
use sso_http::{Attempt, Call, HttpClient, HttpError, ProxySettings, Reply, Retry, Url, Witness};
use sso_oidc::{ResolveError, Resolved, is_aws_owned, region_of_host};
use sso_portal::PortalClient;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

/// All questions together take no longer.
const BUDGET: Duration = Duration::from_secs(5);
/// One step of the way to a host.
const STEP: Duration = Duration::from_secs(2);
/// A request and its reply, with TLS.
const EXCHANGE: Duration = Duration::from_secs(3);

/// What asking needs besides the facts of the disk.
#[derive(Clone)]
pub(crate) struct Asking {
    pub(crate) clock: Arc<dyn Clock>,
    /// Whether a check of hosts is to be run.
    pub(crate) hosts: bool,
    /// Whether a check of other programs is to be run.
    pub(crate) programs: bool,
    /// Where a file of roots would be written.
    pub(crate) ca_file: Option<PathBuf>,
}

/// Asks.
pub(crate) fn ask(probe: &Probe, asking: &Asking) -> Net {
    let facts = match prepare(probe, asking) {
        Err(facts) => *facts,
        Ok(ready) => {
            let found = crate::runtime::block_on(None, async { Ok(run(&ready, probe).await) });
            match found {
                Ok(facts) => facts,
                Err(error) => return Net::NotRun(error.headline),
            }
        }
    };
    let ca_file = CaFile::of(&facts, probe, asking.ca_file.as_deref());
    Net::Ran(Box::new(NetFacts { ca_file, ..facts }))
}

/// Everything that the questions share.
#[derive(Clone)]
struct Ready {
    http: HttpClient,
    witness: Witness,
    proxies: ProxySettings,
    clock: Arc<dyn Clock>,
    deadline: Instant,
    portal: PortalClient,
}

fn prepare(probe: &Probe, asking: &Asking) -> Result<Ready, Box<NetFacts>> {
    let blocked = |why: String| Box::new(NetFacts { blocked: Some(why), ..NetFacts::default() });
    let stopped = |code: Code| blocked(format!("stopped at {}", code.id()));
    if !asking.hosts {
        return Err(blocked("not asked".to_owned()));
    }
    let Some(settings) = &probe.local.settings else {
        let why = probe.local.wrong.as_ref().map(|error| stopped(error.code));
        return Err(why.unwrap_or_else(|| blocked("the configuration cannot be read".to_owned())));
    };
    if probe.local.bundle.as_ref().is_some_and(|bundle| bundle.certificates.is_err()) {
        return Err(stopped(Code::N07));
    }
    let session = probe.config.subject.session();
    let Some(checked) = session.and_then(|session| session.check().ok()) else {
        return Err(blocked("there is no session to ask about".to_owned()));
    };
    let http_settings = http_settings(&probe.env, settings)
        .map_err(|error| Box::new(NetFacts { proxy_error: Some(error), ..*stopped(Code::N02) }))?;
    let (http, witness) =
        HttpClient::watched(&http_settings, Arc::clone(&asking.clock)).map_err(|error| match error {
            HttpError::CaBundle { .. } => stopped(Code::N07),
            other => blocked(other.to_string()),
        })?;
    let network = Network::with(http.clone(), settings.clone(), probe.voice.clone());
    let portal = network.portal(&checked.region).map_err(|error| stopped(error.code))?;
    // That it throttles is an answer, too.
    let portal = portal.until(Some(Instant::now()));
    let deadline = Instant::now() + BUDGET;
    let (proxies, clock) = (http_settings.proxies, Arc::clone(&asking.clock));
    Ok(Ready { http, witness, proxies, clock, deadline, portal })
}

async fn run(ready: &Ready, probe: &Probe) -> NetFacts {
    let mut facts = NetFacts { proxy: ready.proxies.proxy(), ..NetFacts::default() };
    let mut tasks = JoinSet::new();
    let LocalFacts { hosts, start_url, .. } = &probe.local;
    for (at, (url, uses)) in hosts.iter().enumerate() {
        let (ready, url, uses, start_url) = (ready.clone(), url.clone(), uses.clone(), start_url.clone());
        tasks.spawn(async move { (at, look(&ready, url, uses, &start_url).await) });
    }
    let mut seen = tasks.join_all().await;
    seen.sort_by_key(|(at, _)| *at);
    for (_, Looked { host, vanity, region }) in seen {
        facts.hosts.push(host);
        facts.vanity = facts.vanity.or(vanity);
        facts.portal_region = facts.portal_region.or(region);
    }
    let configured = start_url.as_ref().and_then(|(url, _)| region_of_host(url.host_str()?));
    facts.portal_region = configured.or(facts.portal_region);
    if facts.host_for(Use::Portal).is_some_and(|host| host.stop().is_none()) {
        facts.session = ask_session(ready, probe).await;
    }
    facts
}

/// What one host told.
struct Looked {
    host: HostFacts,
    vanity: Option<Result<Resolved, ResolveError>>,
    region: Option<String>,
}

async fn look(ready: &Ready, url: Url, uses: Vec<Use>, start_url: &Option<(Url, String)>) -> Looked {
    let mut looked = Looked { host: HostFacts::new(url, uses), vanity: None, region: None };
    way(ready, &mut looked.host).await;
    if looked.host.stop().is_some() {
        return looked;
    }
    let host = &mut looked.host;
    let page =
        start_url.as_ref().filter(|_| host.uses.iter().any(|of| matches!(of, Use::Vanity | Use::StartPage)));
    match page {
        Some((start, as_written)) if host.uses.contains(&Use::Vanity) => {
            let until = ready.deadline.min(Instant::now() + EXCHANGE);
            let found = timeout_at(until, sso_oidc::resolve(&ready.http, start, as_written)).await;
            let found = found.unwrap_or_else(|_| Err(late(host).into()));
            match found {
                Err(ResolveError::Http(error)) => host.reply = Some(Err(error)),
                found => {
                    host.reply = Some(Ok(HostReply::default()));
                    looked.region = found.as_ref().ok().and_then(|found| found.region.clone());
                    looked.vanity = Some(found);
                }
            }
        }
        Some((start, _)) => {
            let reply = exchange(ready, Call::get(start.clone())).await;
            if let Ok(reply) = &reply {
                looked.region = region_of_page(ready, start, reply).await;
            }
            host.reply = Some(reply.map(|reply| told(ready, &reply)));
        }
        None => {
            let reply = exchange(ready, Call::head(host.url.clone())).await;
            host.reply = Some(reply.map(|reply| told(ready, &reply)));
        }
    }
    looked.host.presented = ready.witness.of(looked.host.url.host_str().unwrap_or_default());
    looked
}

fn late(host: &HostFacts) -> HttpError {
    HttpError::Timeout { host: host.name(), after: EXCHANGE }
}

/// Name, connection and, through a proxy, the tunnel.
async fn way(ready: &Ready, host: &mut HostFacts) {
    host.through = ready.proxies.proxy_of(&host.url);
    let port = host.url.port_or_known_default().unwrap_or(443);
    let direct = format!("{}:{port}", host.url.host_str().unwrap_or_default());
    let target = host.through.clone().unwrap_or(direct);
    host.addresses = sso_http::resolve(&target, left(ready, STEP)).await;
    let addresses = host.addresses.as_deref().unwrap_or_default();
    let one = |v4: bool| addresses.iter().find(|address| address.is_ipv4() == v4).copied();
    let mut tasks = JoinSet::new();
    for address in [one(true), one(false)].into_iter().flatten() {
        let limit = left(ready, STEP);
        tasks.spawn(async move { (address, sso_http::connect(address, limit).await) });
    }
    host.attempts = tasks.join_all().await;
    host.attempts.sort_by_key(|(address, _)| *address);
    let connected = host.attempts.iter().find(|(_, end)| *end == Attempt::Connected);
    if let (Some(_), Some((proxy, _))) = (&host.through, connected)
        && host.url.scheme() == "https"
    {
        host.tunnel = sso_http::tunnel(&ready.proxies, &host.url, *proxy, left(ready, STEP)).await;
    }
}

fn left(ready: &Ready, limit: Duration) -> Duration {
    limit.min(ready.deadline.saturating_duration_since(Instant::now()))
}

async fn exchange(ready: &Ready, call: Call) -> Result<Reply, HttpError> {
    ready.http.send(call.limit(left(ready, EXCHANGE)).retry(Retry::Never)).await
}

fn told(ready: &Ready, reply: &Reply) -> HostReply {
    let date = reply.header("date").and_then(|text| DateTimeParser::new().parse_timestamp(text).ok());
    let ahead = date.map(|date| date.duration_since(ready.clock.now()).as_secs());
    HostReply { status: reply.status, ahead }
}

/// The region that the portal names: in the host it redirects to, else in its page.
async fn region_of_page(ready: &Ready, start: &Url, reply: &Reply) -> Option<String> {
    let Some(location) = reply.header("location").filter(|_| (300..400).contains(&reply.status)) else {
        return meta_region(&String::from_utf8_lossy(&reply.body));
    };
    let next = start.join(location).ok()?;
    let host = next.host_str().filter(|host| next.scheme() == "https" && is_aws_owned(host))?;
    if let Some(region) = region_of_host(host) {
        return Some(region);
    }
    let reply = exchange(ready, Call::get(next)).await.ok()?;
    meta_region(&String::from_utf8_lossy(&reply.body))
}

/// `<meta name="region" content="us-east-1">`
fn meta_region(page: &str) -> Option<String> {
    let mut tags = page.split("<meta").skip(1).filter_map(|rest| rest.split('>').next());
    let tag = tags.find(|tag| attribute(tag, "name").is_some_and(|name| name == "region"))?;
    let region = attribute(tag, "content")?;
    Region::parse(region).is_ok().then(|| region.to_owned())
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    value.split('"').next()
}

/// What the portal says to the cached token, if that lives.
async fn ask_session(ready: &Ready, probe: &Probe) -> SessionFacts {
    let (token, role) = match token(ready, probe) {
        Err(why) => return SessionFacts { not_asked: Some(why), ..SessionFacts::default() },
        Ok(found) => found,
    };
    let until = ready.deadline;
    let accounts = timeout_at(until, ready.portal.list_accounts(&token));
    let roles = async {
        match &role {
            Some((account, _)) => {
                timeout_at(until, ready.portal.list_account_roles(&token, account)).await.ok()
            }
            None => None,
        }
    };
    let (accounts, roles) = tokio::join!(accounts, roles);
    let mut facts = SessionFacts { accounts: accounts.ok(), roles, ..SessionFacts::default() };
    if let (Some((account, name)), Some(Ok(assigned))) = (&role, &facts.roles)
        && assigned.iter().any(|one| one.name == *name)
    {
        let asked = timeout_at(until, ready.portal.get_role_credentials(&token, account, name)).await;
        // The credentials are not kept.
        facts.credentials = asked.ok().map(|found| found.map(drop));
    }
    facts
}

type Token = (AccessToken, Option<(AccountId, RoleName)>);

fn token(ready: &Ready, probe: &Probe) -> Result<Token, &'static str> {
    let subject = &probe.config.subject;
    let session = subject.session().ok_or("no session")?;
    let region = session.check().map_err(|_| "no session")?.region;
    let found = probe.cache.session.as_ref().and_then(|kept| kept.token()).ok_or("not signed in")?;
    // A token goes to its own portal only.
    if !found.belongs_to(&session.start_url.value, &region) {
        return Err("not signed in");
    }
    if found.expires_at <= ready.clock.now() {
        return Err("the token has expired");
    }
    let role = subject.sso_role().map(|role| (role.account_id.value.clone(), role.role_name.value.clone()));
    Ok((found.access_token.clone(), role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_in_a_portals_page() {
        for (page, region) in [
            (r#"<html><meta charset="utf-8"/><meta name="region" content="eu-west-1"/>"#, Some("eu-west-1")),
            (r#"<meta content="eu-west-1" name="region">"#, Some("eu-west-1")),
            (r#"<meta name="region" content="evil.example/#">"#, None),
            (r#"<meta name="region">"#, None),
            ("<meta", None),
            ("", None),
        ] {
            assert_eq!(meta_region(page).as_deref(), region, "{page}");
        }
    }
}
