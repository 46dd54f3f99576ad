//! Start URLs of the customer's own domain ("vanity"): which hosts are AWS's, and one redirect hop to them.

use sso_core::{Partition, Region};
use sso_http::{Call, HttpClient, HttpError, Retry, Url};
use std::time::Duration;
use thiserror::Error;

/// Suffixes of hosts that AWS owns, as the AWS CLI lists them.
const OWNED_SUFFIXES: [&str; 8] = [
    "app.aws",
    "portal.amazonaws.com",
    "portal.amazonaws.com.cn",
    "app.amazonwebservices.com.cn",
    "portal.amazonaws.eu",
    "api.amazonwebservices.eu",
    "awsapps.com",
    "awsapps.cn",
];
/// Hosts that AWS owns and that have no address: identifiers, never to be fetched.
const OWNED_HOSTS: [&str; 4] = [
    "identitycenter.amazonaws.com",
    "identitycenter.amazonaws.com.cn",
    "identitycenter.amazonaws.eu",
    "identitycenter.us-gov.amazonaws.com",
];
/// What stands before the region in hosts that show sign-in pages.
const SIGN_IN_LABELS: [&str; 4] = ["device.sso.", "device.sso-fips.", "oidc.", "oidc-fips."];
/// `<id>.portal.<region>.<suffix>`: portals with IPv4 and IPv6 addresses.
const DUAL_STACK_SUFFIXES: [&str; 3] =
    ["app.aws", "app.amazonwebservices.com.cn", "api.amazonwebservices.eu"];
/// `<id>.<region>.<suffix>`.
const REGION_FIRST_SUFFIXES: [&str; 3] =
    ["portal.amazonaws.com", "portal.amazonaws.com.cn", "portal.amazonaws.eu"];

/// What a start URL stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The portal to name to the service (`issuerUrl`, `startUrl`). Never a cache key.
    pub url: String,
    /// The region that the portal's host names, when the URL was resolved by a request.
    pub region: Option<String>,
}

/// Why a start URL leads nowhere.
#[derive(Debug, Error)]
pub enum ResolveError {
    /// It cannot be reached.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// It answers with an error status.
    #[error("{host} answered {status}")]
    Status {
        /// The host that was asked.
        host: String,
        /// Its answer.
        status: u16,
    },
    /// It redirects without saying where.
    #[error("{host} redirects without saying where")]
    NoLocation {
        /// The host that was asked.
        host: String,
    },
    /// It ends at a host that AWS does not own.
    #[error("it leads to {host}, which is not a host of AWS")]
    NotAws {
        /// Where it ends. Foreign text.
        host: String,
    },
    /// It ends at plain http.
    #[error("it leads to {host} without https")]
    NotHttps {
        /// Where it ends.
        host: String,
    },
}

/// Whether AWS owns the host, by the suffixes that the AWS CLI knows.
#[must_use]
pub fn is_aws_owned(host: &str) -> bool {
    let host = canonical(host);
    OWNED_HOSTS.contains(&host.as_str())
        || OWNED_SUFFIXES.iter().any(|suffix| {
            host == *suffix || host.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.'))
        })
}

/// Whether the host shows AWS's sign-in or approval pages: an access portal, `device.sso.<region>.<suffix>`,
/// `oidc.<region>.<suffix>`, or one of `signin.aws`. Not the whole of `amazonaws.com`: anybody can have a bucket there.
#[must_use]
pub fn is_sign_in_host(host: &str) -> bool {
    let host = canonical(host);
    let service = |suffix: &str| {
        let rest = host.strip_suffix(suffix).and_then(|rest| rest.strip_suffix('.'));
        let region = rest.and_then(|rest| SIGN_IN_LABELS.iter().find_map(|label| rest.strip_prefix(label)));
        region.is_some_and(|region| Region::parse(region).is_ok())
    };
    let suffixes = Partition::ALL.into_iter().flat_map(|one| [one.dns_suffix(), one.dual_stack_suffix()]);
    is_aws_owned(&host) || host.ends_with(".signin.aws") || suffixes.into_iter().any(service)
}

/// The region that a portal's host names, if its form has one (`d-1.portal.eu-west-1.app.aws`; `corp.awsapps.com` has none).
#[must_use]
pub fn region_of_host(host: &str) -> Option<String> {
    let host = canonical(host);
    let after_portal = DUAL_STACK_SUFFIXES.iter().find_map(|suffix| dual_stack_region(&host, suffix));
    let first = || {
        REGION_FIRST_SUFFIXES.iter().find_map(|suffix| {
            let rest = host.strip_suffix(suffix)?.strip_suffix('.')?;
            let (id, region) = rest.split_once('.')?;
            (!id.is_empty() && !region.is_empty() && !region.contains('.')).then_some(region)
        })
    };
    after_portal.or_else(first).map(str::to_owned)
}

/// The partition that a portal's host belongs to, by its form. Portals of `awsapps.com` are commercial unless they say so.
#[must_use]
pub fn partition_of_host(host: &str) -> Option<Partition> {
    const SUFFIXES: [(&str, Partition); 9] = [
        ("us-gov-home.awsapps.com", Partition::AwsUsGov),
        ("identitycenter.us-gov.amazonaws.com", Partition::AwsUsGov),
        ("awsapps.cn", Partition::AwsCn),
        ("identitycenter.amazonaws.com.cn", Partition::AwsCn),
        ("app.amazonwebservices.com.cn", Partition::AwsCn),
        ("portal.amazonaws.com.cn", Partition::AwsCn),
        ("portal.amazonaws.eu", Partition::AwsEusc),
        ("api.amazonwebservices.eu", Partition::AwsEusc),
        ("awsapps.com", Partition::Aws),
    ];
    let host = canonical(host);
    let by_region = region_of_host(&host).and_then(|region| Region::parse(&region).ok());
    by_region.map(|region| region.partition()).or_else(|| {
        SUFFIXES.iter().find_map(|(suffix, partition)| {
            let rest = host.strip_suffix(suffix)?;
            (rest.is_empty() || rest.ends_with('.')).then_some(*partition)
        })
    })
}

/// Whether the portal is a dual-stack one, whose sign-in pages refuse what the IPv4 OIDC endpoint issues (aws-cli#10507).
#[must_use]
pub fn is_dual_stack_portal(host: &str) -> bool {
    let host = canonical(host);
    DUAL_STACK_SUFFIXES.iter().any(|suffix| dual_stack_region(&host, suffix).is_some())
}

fn dual_stack_region<'a>(host: &'a str, suffix: &str) -> Option<&'a str> {
    let rest = host.strip_suffix(suffix)?.strip_suffix('.')?;
    let (id, region) = rest.split_once(".portal.")?;
    (!id.is_empty() && !id.contains('.') && !region.is_empty() && !region.contains('.')).then_some(region)
}

fn canonical(host: &str) -> String {
    host.to_ascii_lowercase().trim_end_matches('.').to_owned()
}

/// What the start URL stands for. An AWS host costs no request and is taken word for word; any other one is asked once
/// (HEAD, or GET where HEAD is not known) and may redirect once, to an https host of AWS. No secret is sent.
///
/// # Errors
/// See [`ResolveError`].
pub async fn resolve(http: &HttpClient, start_url: &Url, as_written: &str) -> Result<Resolved, ResolveError> {
    let host = start_url.host_str().unwrap_or_default();
    if is_aws_owned(host) {
        return Ok(Resolved { url: as_written.to_owned(), region: None });
    }
    accept(&follow(http, start_url).await?)
}

/// Whether the end of the way is a portal.
fn accept(end: &Url) -> Result<Resolved, ResolveError> {
    let host = end.host_str().unwrap_or_default().to_owned();
    match () {
        () if !is_aws_owned(&host) => Err(ResolveError::NotAws { host }),
        () if end.scheme() != "https" => Err(ResolveError::NotHttps { host }),
        () => Ok(Resolved { region: region_of_host(&host), url: normalize(end) }),
    }
}

async fn follow(http: &HttpClient, start_url: &Url) -> Result<Url, ResolveError> {
    let limit = Duration::from_secs(10);
    let mut reply = http.send(Call::head(start_url.clone()).limit(limit).retry(Retry::Never)).await?;
    if wants_get(reply.status) {
        reply = http.send(Call::get(start_url.clone()).limit(limit).retry(Retry::Never)).await?;
    }
    next(start_url, reply.status, reply.header("location"))
}

/// Servers that do not know HEAD.
fn wants_get(status: u16) -> bool {
    matches!(status, 405 | 501)
}

/// Where an answer leads: itself, or one hop further.
fn next(start_url: &Url, status: u16, location: Option<&str>) -> Result<Url, ResolveError> {
    let host = start_url.host_str().unwrap_or_default().to_owned();
    match (status, location) {
        (200..=299, _) => Ok(start_url.clone()),
        (301 | 302 | 303 | 307 | 308, Some(location)) => {
            start_url.join(location).map_err(|_| ResolveError::NoLocation { host })
        }
        (301 | 302 | 303 | 307 | 308, None) => Err(ResolveError::NoLocation { host }),
        (status, _) => Err(ResolveError::Status { host, status }),
    }
}

/// Host in lower case, no default port, no trailing `/`, no query, no fragment.
fn normalize(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!(
        "{}://{}{port}{}",
        url.scheme(),
        canonical(url.host_str().unwrap_or_default()),
        url.path().trim_end_matches('/')
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn whose_host_it_is() {
        for (host, owned) in [
            ("d-123.awsapps.com", true),
            ("AWSAPPS.com.", true),
            ("x.portal.eu-west-1.app.aws", true),
            ("identitycenter.amazonaws.com", true),
            ("x.identitycenter.amazonaws.com", false),
            ("awsapps.com.evil.net", false),
            ("evilawsapps.com", false),
            ("sso.corp.example", false),
            ("", false),
        ] {
            assert_eq!(is_aws_owned(host), owned, "{host}");
        }
    }

    #[test]
    fn where_sign_in_pages_are() {
        for (host, is) in [
            ("device.sso.us-east-1.amazonaws.com", true),
            ("device.sso.cn-north-1.amazonaws.com.cn", true),
            ("oidc.eu-west-1.api.aws", true),
            ("us-east-1.signin.aws", true),
            ("corp.awsapps.com", true),
            ("bucket.s3.amazonaws.com", false),
            ("device.sso.us-east-1.amazonaws.com.evil.net", false),
            ("device.sso.evil.amazonaws.com", false),
            ("x.device.sso.us-east-1.amazonaws.com", false),
            ("evilsignin.aws", false),
            ("amazonaws.com", false),
        ] {
            assert_eq!(is_sign_in_host(host), is, "{host}");
        }
    }

    #[test]
    fn which_region_a_host_names() {
        for (host, region, dual_stack) in [
            ("ssoins-1.portal.eu-west-1.app.aws", Some("eu-west-1"), true),
            ("ssoins-1.portal.cn-north-1.app.amazonwebservices.com.cn", Some("cn-north-1"), true),
            ("ssoins-1.us-west-2.portal.amazonaws.com", Some("us-west-2"), false),
            ("d-123.awsapps.com", None, false),
            ("portal.eu-west-1.app.aws", None, false),
            ("a.b.portal.eu-west-1.app.aws", None, false),
        ] {
            assert_eq!(region_of_host(host).as_deref(), region, "{host}");
            assert_eq!(is_dual_stack_portal(host), dual_stack, "{host}");
        }
    }

    #[test]
    fn which_partition_a_host_belongs_to() {
        for (host, partition) in [
            ("d-123.awsapps.com", Some(Partition::Aws)),
            ("start.us-gov-home.awsapps.com", Some(Partition::AwsUsGov)),
            ("start.us-gov-west-1.us-gov-home.awsapps.com", Some(Partition::AwsUsGov)),
            ("d-123.awsapps.cn", Some(Partition::AwsCn)),
            ("ssoins-1.portal.us-gov-west-1.app.aws", Some(Partition::AwsUsGov)),
            ("ssoins-1.eusc-de-east-1.portal.amazonaws.eu", Some(Partition::AwsEusc)),
            ("identitycenter.amazonaws.com", None),
            ("sso.corp.example", None),
        ] {
            assert_eq!(partition_of_host(host), partition, "{host}");
        }
    }

    #[test]
    fn upstream_hosts_and_urls() {
        for (from, case) in sso_vectors::cases("vanity-start-url") {
            let host = case["host"].as_str().unwrap_or_default();
            match case["op"].as_str() {
                Some("is_aws_owned") => {
                    assert_eq!(Value::from(is_aws_owned(host)), case["expect"], "{from} {case}")
                }
                Some("region_of_host") => {
                    assert_eq!(Value::from(region_of_host(host)), case["expect"], "{from} {case}")
                }
                Some("normalize") => {
                    let url = Url::parse(case["url"].as_str().expect("a URL")).expect("a URL");
                    assert_eq!(Value::from(normalize(&url)), case["expect"], "{from} {case}");
                }
                Some("follow") if case["head"].is_u64() => {
                    let found = followed(&case).map(|url| normalize(&url)).ok();
                    assert_eq!(found.as_deref(), case["expect"].as_str(), "{from} {case}");
                }
                Some("resolve") if case["redirects_to"].is_string() => {
                    let found = Url::parse(case["redirects_to"].as_str().expect("a URL")).ok();
                    let found =
                        found.and_then(|end| accept(&end).ok()).filter(|found| found.region.is_some());
                    assert_eq!(
                        found.as_ref().map(|found| found.url.as_str()),
                        case["expect"]["url"].as_str(),
                        "{case}"
                    );
                    let region = found.and_then(|found| found.region);
                    assert_eq!(region.as_deref(), case["expect"]["region"].as_str(), "{from} {case}");
                }
                // The rest is about the network and about configuration.
                _ => {}
            }
        }
    }

    fn followed(case: &Value) -> Result<Url, ResolveError> {
        let start = Url::parse(case["url"].as_str().expect("a URL")).expect("a URL");
        let status = |name: &str| u16::try_from(case[name].as_u64().expect("a status")).expect("a status");
        let last = if wants_get(status("head")) { status("get") } else { status("head") };
        next(&start, last, case["location"].as_str())
    }
}
