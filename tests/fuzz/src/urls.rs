//! Target: addresses and what becomes part of one. Input: a text, and the reply of the host of a start URL (see `replies`)
//! behind a record separator.
//!
//! What passes a check is https, or http to this machine; nobody's user and password is in it; the host is that of the
//! address and, where it counts, AWS's, by a second look label by label. A start URL leads to a portal of AWS or nowhere.

use crate::fields::{fields, text};
use crate::replies::{client, reply, run};
use sso_core::{AccountId, EndpointOptions, EndpointUrl, Partition, Region, RoleArn, Service, StartUrl};
use sso_discovery::console_page;
use sso_oidc::{
    is_aws_owned, is_dual_stack_portal, is_sign_in_host, partition_of_host, region_of_host, resolve,
};
use url::{Host, Url};

/// Of the binary crate, which has no library.
#[path = "../../../crates/cli/src/ui/browser/safe.rs"]
mod safe;

const SERVICES: [Service; 7] = [
    Service::SsoOidc,
    Service::Sso,
    Service::Sts,
    Service::Signin,
    Service::SsoAdmin,
    Service::Organizations,
    Service::IdentityStore,
];
/// The last labels of every host that AWS owns and somebody could be sent to.
const AWS: [&str; 13] = [
    "app.aws",
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "amazonwebservices.com.cn",
    "amazonwebservices.eu",
    "awsapps.com",
    "awsapps.cn",
    "api.aws",
    "signin.aws",
    "ic.gov",
    "sgov.gov",
    "adc-e.uk",
];

/// Runs the target.
pub fn urls(data: &[u8]) {
    let mut fields = fields(data);
    let text = text(fields.next().unwrap_or_default());
    start_url(&text, fields.next().unwrap_or_default());
    endpoint(&text);
    region(&text);
    host(&text);
    opened(&text);
    arn(&text);
    if let Ok(page) = console_page(&Region::parse("eu-west-1").expect("a region"), Some(&text)) {
        assert_eq!(page.host_str(), Some("eu-west-1.console.aws.amazon.com"));
        assert_eq!(page.query(), Some("region=eu-west-1"));
    }
}

/// https, a host, nobody's name or password, and as it was parsed so it reads.
fn is_clean(url: &Url) {
    assert!(url.username().is_empty() && url.password().is_none(), "{url}");
    assert!(url.host_str().is_some_and(|host| !host.is_empty()), "{url}");
    assert_eq!(Url::parse(url.as_str()).as_ref(), Ok(url));
    assert!(url.as_str().bytes().all(|byte| byte.is_ascii_graphic()), "{url}");
}

fn start_url(text: &str, field: &[u8]) {
    let start_url = StartUrl::new(text);
    assert_eq!(start_url.as_str(), text, "kept as it was written");
    assert!(start_url.same_portal(&start_url));
    let other = StartUrl::new("https://corp.awsapps.com/start");
    assert_eq!(start_url.same_portal(&other), other.same_portal(&start_url));
    let Ok(url) = start_url.check() else { return };
    is_clean(&url);
    assert_eq!((url.scheme(), start_url.host().as_deref()), ("https", url.host_str()));
    assert!(url.port() != Some(0));
    assert!(!text.chars().any(|c| c.is_whitespace() || c.is_control()), "{text:?}");
    let reply = reply(field);
    let found = run(resolve(&client(&[reply], false), &url, text));
    let owned = url.host_str().is_some_and(is_aws_owned);
    match found {
        Ok(found) if owned => assert_eq!((found.url.as_str(), found.region), (text, None)),
        Ok(found) => {
            let end = Url::parse(&found.url).expect("an address");
            is_clean(&end);
            assert_eq!(end.scheme(), "https");
            let host = end.host_str().expect("a host");
            assert!(is_aws_owned(host) && is_aws(host), "{end}");
            assert_eq!(found.region, region_of_host(host));
        }
        Err(_) => assert!(!owned, "nobody is asked about a host of AWS"),
    }
}

fn endpoint(text: &str) {
    let Ok(endpoint) = EndpointUrl::parse(text) else { return };
    let url = endpoint.url();
    is_clean(url);
    let here = match url.host() {
        Some(Host::Ipv4(address)) => address.octets()[0] == 127,
        Some(Host::Ipv6(address)) => address.segments() == [0, 0, 0, 0, 0, 0, 0, 1],
        _ => false,
    };
    assert_eq!(here, endpoint.is_loopback());
    assert!(url.scheme() == "https" || (url.scheme() == "http" && here), "{url}");
    assert!(url.query().is_none() && url.fragment().is_none(), "{url}");
    assert_eq!(EndpointUrl::parse(&endpoint.to_string()).as_ref(), Ok(&endpoint));
    for made in [endpoint.join("/token"), endpoint.origin_with("/authorize")] {
        assert_eq!((made.origin(), made.host_str()), (url.origin(), url.host_str()));
        is_clean(&made);
    }
    assert!(endpoint.join("/token").path().ends_with("/token"));
    assert_eq!(endpoint.origin_with("/authorize").path(), "/authorize");
}

fn region(text: &str) {
    let Ok(region) = Region::parse(text) else { return };
    assert!(
        text.len() <= 63 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    );
    for service in SERVICES {
        for (fips, dual_stack) in [(false, false), (true, false), (false, true), (true, true)] {
            let options = EndpointOptions { fips, dual_stack };
            let Some(endpoint) = EndpointUrl::of(service, &region, options) else { continue };
            is_clean(endpoint.url());
            let is_console = endpoint.host().ends_with(".aws.amazon.com")
                || endpoint.host().ends_with("amazonaws-us-gov.com")
                || endpoint.host().ends_with("amazonaws-eusc.eu")
                || endpoint.host().ends_with("amazonaws.cn")
                || endpoint.host().ends_with("cloud-aws.adc-e.uk");
            assert!(
                is_console || is_aws(endpoint.host()) || endpoint.host().ends_with(".api.aws.scloud"),
                "{endpoint}"
            );
            assert_eq!(endpoint.url().scheme(), "https");
        }
    }
}

/// Whether the host ends in labels of AWS, label by label.
fn is_aws(host: &str) -> bool {
    let host: Vec<String> = host.trim_end_matches('.').split('.').map(str::to_ascii_lowercase).collect();
    AWS.iter().any(|suffix| {
        let suffix: Vec<String> = suffix.split('.').map(str::to_owned).collect();
        host.ends_with(&suffix)
    })
}

fn host(text: &str) {
    if is_aws_owned(text) || is_sign_in_host(text) {
        assert!(is_aws(text), "{text}");
    }
    assert!(!is_aws_owned(text) || is_sign_in_host(text), "{text}");
    let region = region_of_host(text);
    let partition = partition_of_host(text);
    if let Some(known) = region.as_deref().and_then(|region| Region::parse(region).ok()) {
        assert_eq!(partition, Some(known.partition()));
    }
    assert!(partition.is_none() || is_aws(text), "{text}");
    assert!(!is_dual_stack_portal(text) || region.is_some(), "{text}");
    assert!(partition.is_none() || Partition::ALL.contains(&partition.expect("one")));
    // Case and a last dot are nobody's.
    let other = format!("{}.", text.to_ascii_uppercase());
    assert_eq!(is_aws_owned(&other), is_aws_owned(text));
    assert_eq!(partition_of_host(&other), partition);
}

fn opened(text: &str) {
    let endpoint = EndpointUrl::parse("http://127.0.0.1:4100/base").expect("an endpoint");
    let Some(url) = safe::openable(text, &endpoint) else { return };
    is_clean(&url);
    let ours = url.scheme() == "http" && url.host_str() == Some("127.0.0.1") && url.port() == Some(4100);
    assert!(ours || (url.scheme() == "https" && url.host_str().is_some_and(is_aws)), "{url}");
    let tame = safe::tame(&url);
    let hot = ['$', '`', ';', '\'', '"', '(', ')', '{', '}', '|', '^', '!', '*', '<', '>', ' ', '\\'];
    assert!(!tame.contains(hot) && tame.is_ascii(), "{tame}");
    let again = Url::parse(&tame).expect("an address");
    assert_eq!((again.origin(), again.port()), (url.origin(), url.port()));
    assert!(again.query_pairs().eq(url.query_pairs()), "{tame} {url}");
}

fn arn(text: &str) {
    let _ = AccountId::new(text)
        .check()
        .map(|()| assert!(text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())));
    let Ok(role) = RoleArn::parse(text) else { return };
    role.account_id().check().expect("an account");
    assert!(!role.role_name().as_str().is_empty() && !role.role_name().as_str().contains('/'), "{role}");
    let session = |account: &str| {
        let partition = text.split(':').nth(1).expect("a partition");
        format!("arn:{partition}:sts::{account}:assumed-role/{}/s", role.role_name())
    };
    assert!(role.is_role_of(&session(role.account_id().as_str())), "{role}");
    assert!(!role.is_role_of(&session("000000000000")) || role.account_id().as_str() == "000000000000");
}
