//! Which host answers for a service in a region: a table, and the check of configured endpoints.

use crate::region::{Partition, Region};
use std::fmt;
use thiserror::Error;
use url::{Host, Url};

/// The services this project talks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// IAM Identity Center OIDC: registers clients, issues tokens.
    SsoOidc,
    /// The IAM Identity Center portal: accounts, roles, role credentials.
    Sso,
    /// AWS Security Token Service.
    Sts,
    /// Sign-in to the console with role credentials (the federation endpoint).
    Signin,
    /// IAM Identity Center as its administrators see it: instances, permission sets, assignments.
    SsoAdmin,
    /// AWS Organizations: the accounts. One region a partition answers for it.
    Organizations,
    /// The users and groups of IAM Identity Center.
    IdentityStore,
}

impl Service {
    /// The name in a `services` section and, in upper case, in `AWS_ENDPOINT_URL_<NAME>`.
    ///
    /// Source: "Service-specific endpoints" in the AWS SDKs and Tools Reference Guide.
    #[must_use]
    pub fn config_name(self) -> &'static str {
        match self {
            Self::SsoOidc => "sso_oidc",
            Self::Sso => "sso",
            Self::Sts => "sts",
            Self::Signin => "signin",
            Self::SsoAdmin => "sso_admin",
            Self::Organizations => "organizations",
            Self::IdentityStore => "identitystore",
        }
    }

    /// The region that answers for `region`, and that signatures name: `aws-global` is `us-east-1`, and Organizations is in
    /// one region a partition.
    ///
    /// Source: the endpoint rule sets of botocore.
    #[must_use]
    pub fn region_for(self, region: &Region) -> Region {
        let answering = match (self, region.partition()) {
            (Self::Organizations, partition) => partition.organizations_region(),
            _ if region.as_str() == "aws-global" => "us-east-1",
            _ => return region.clone(),
        };
        Region::parse(answering).unwrap_or_else(|_| region.clone())
    }

    fn host_label(self) -> &'static str {
        match self {
            Self::SsoOidc => "oidc",
            Self::Sso => "portal.sso",
            Self::Sts => "sts",
            Self::Signin => "signin",
            Self::SsoAdmin => "sso",
            Self::Organizations => "organizations",
            Self::IdentityStore => "identitystore",
        }
    }
}

/// The endpoint variant that was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EndpointOptions {
    /// FIPS 140 validated endpoints.
    pub fips: bool,
    /// Endpoints that have IPv4 and IPv6 addresses.
    pub dual_stack: bool,
}

/// A base URL that requests may be sent to: `https`, or `http` to a loopback literal; no user info, no query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointUrl(Url);

/// Why a configured endpoint cannot be used (catalogue D4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EndpointUrlError {
    /// The text is not a URL with a host.
    #[error("it is not a URL")]
    Malformed,
    /// Plain http to a host that is not this machine would show the secrets to the network.
    #[error("plain http is allowed to a loopback address only")]
    PlainHttp,
    /// Neither http nor https.
    #[error("it must use the https scheme")]
    Scheme,
    /// There is a user name or a password in it.
    #[error("it must not hold a user name or password")]
    UserInfo,
}

impl EndpointUrl {
    /// Checks an endpoint that somebody configured, just before it is used. A query and a fragment are left out.
    ///
    /// # Errors
    /// See [`EndpointUrlError`]: it is no URL, has another scheme than http and https, holds a user name or password, or would
    /// send secrets in the clear to another machine.
    pub fn parse(text: &str) -> Result<Self, EndpointUrlError> {
        let mut url = Url::parse(text).map_err(|_| EndpointUrlError::Malformed)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(EndpointUrlError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointUrlError::UserInfo);
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(EndpointUrlError::PlainHttp);
        }
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self(url))
    }

    /// The endpoint that AWS's rules give for the service, region and variant. `None`: there is none (the console's sign-in in
    /// the isolated partitions has no public host).
    ///
    /// Source: the endpoint rule sets of botocore. GovCloud has its FIPS endpoints under the ordinary names.
    #[must_use]
    pub fn of(service: Service, region: &Region, options: EndpointOptions) -> Option<Self> {
        if service == Service::Signin {
            return Self::of_signin(region);
        }
        if service == Service::Sts && region.as_str() == "aws-global" {
            return Self::parse("https://sts.amazonaws.com").ok();
        }
        let region = &service.region_for(region);
        let partition = region.partition();
        let plain_is_fips =
            partition == Partition::AwsUsGov && (!options.dual_stack || service == Service::Organizations);
        let fips = if options.fips && !plain_is_fips { "-fips" } else { "" };
        let suffix = if options.dual_stack { partition.dual_stack_suffix() } else { partition.dns_suffix() };
        let host = format!("{}{fips}.{region}.{suffix}", service.host_label());
        let endpoint = Self::parse(&format!("https://{host}")).ok()?;
        // The last line of defence of D2: what was parsed is what was meant.
        (endpoint.0.host_str() == Some(host.as_str())).then_some(endpoint)
    }

    /// One host a partition, but for the European Sovereign Cloud, where each region has its own. There are no variants.
    fn of_signin(region: &Region) -> Option<Self> {
        let (_, host) = region.partition().console_hosts()?;
        let regional = region.partition() == Partition::AwsEusc;
        Self::parse(&if regional { format!("https://{region}.{host}") } else { format!("https://{host}") })
            .ok()
    }

    /// The URL.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// The host name without its port, for messages.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Whether the host is a loopback literal (`127.0.0.0/8`, `::1`).
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// The endpoint's path with `path` appended (`path` starts with `/`). Its own path is kept as a prefix.
    #[must_use]
    pub fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let whole = format!("{}{path}", self.0.path().trim_end_matches('/'));
        url.set_path(&whole);
        url
    }

    /// Scheme and authority only, with `path`: where a browser is sent (the AWS CLI drops the prefix there).
    #[must_use]
    pub fn origin_with(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(path);
        url
    }
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        // A name, even localhost, is what the resolver makes of it.
        Some(Host::Domain(_)) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn url_of(service: Service, region: &str, fips: bool, dual_stack: bool) -> String {
        let region = Region::parse(region).expect("a region");
        let endpoint = EndpointUrl::of(service, &region, EndpointOptions { fips, dual_stack });
        endpoint.expect("an endpoint").host().to_owned()
    }

    #[test]
    fn the_table_of_hosts() {
        use Service::{IdentityStore, Organizations, Signin, Sso, SsoAdmin, SsoOidc, Sts};
        for (service, region, fips, dual, host) in [
            (SsoOidc, "eu-west-1", false, false, "oidc.eu-west-1.amazonaws.com"),
            (SsoOidc, "eu-west-1", true, false, "oidc-fips.eu-west-1.amazonaws.com"),
            (SsoOidc, "eu-west-1", false, true, "oidc.eu-west-1.api.aws"),
            (SsoOidc, "us-gov-west-1", true, false, "oidc.us-gov-west-1.amazonaws.com"),
            (SsoOidc, "us-gov-west-1", true, true, "oidc-fips.us-gov-west-1.api.aws"),
            (Sso, "us-east-1", false, false, "portal.sso.us-east-1.amazonaws.com"),
            (Sso, "us-east-1", true, true, "portal.sso-fips.us-east-1.api.aws"),
            (Sso, "cn-north-1", false, false, "portal.sso.cn-north-1.amazonaws.com.cn"),
            (Sts, "eusc-de-east-1", false, false, "sts.eusc-de-east-1.amazonaws.eu"),
            (Sts, "xx-nowhere-9", false, false, "sts.xx-nowhere-9.amazonaws.com"),
            (SsoAdmin, "eu-west-1", false, false, "sso.eu-west-1.amazonaws.com"),
            (SsoAdmin, "us-gov-east-1", true, false, "sso.us-gov-east-1.amazonaws.com"),
            (SsoAdmin, "us-gov-west-1", true, true, "sso-fips.us-gov-west-1.api.aws"),
            (Organizations, "eu-west-1", false, false, "organizations.us-east-1.amazonaws.com"),
            (Organizations, "xx-nowhere-9", true, false, "organizations-fips.us-east-1.amazonaws.com"),
            (Organizations, "cn-north-1", false, false, "organizations.cn-northwest-1.amazonaws.com.cn"),
            (Organizations, "us-gov-east-1", true, true, "organizations.us-gov-west-1.api.aws"),
            (Organizations, "us-isof-east-1", false, false, "organizations.us-isof-south-1.csp.hci.ic.gov"),
            (IdentityStore, "eu-west-1", false, true, "identitystore.eu-west-1.api.aws"),
            (Signin, "eu-west-1", true, true, "signin.aws.amazon.com"),
            (Signin, "cn-north-1", false, false, "signin.amazonaws.cn"),
            (Signin, "us-gov-east-1", false, false, "signin.amazonaws-us-gov.com"),
            (Signin, "eusc-de-east-1", false, false, "eusc-de-east-1.signin.amazonaws-eusc.eu"),
        ] {
            assert_eq!(url_of(service, region, fips, dual), host);
        }
    }

    #[test]
    fn the_isolated_partitions_have_no_public_sign_in() {
        let region = Region::parse("us-iso-east-1").expect("a region");
        assert_eq!(EndpointUrl::of(Service::Signin, &region, EndpointOptions::default()), None);
    }

    #[test]
    fn configured_endpoints_are_checked() {
        for (text, expected) in [
            ("https://proxy.corp.example/aws/", None),
            ("http://127.0.0.1:8080", None),
            ("http://127.9.9.9", None),
            ("http://[::1]:9", None),
            ("http://localhost:1", Some(EndpointUrlError::PlainHttp)),
            ("http://10.0.0.1", Some(EndpointUrlError::PlainHttp)),
            ("http://localhost.evil.example", Some(EndpointUrlError::PlainHttp)),
            ("http://127.0.0.1.evil.example", Some(EndpointUrlError::PlainHttp)),
            ("https://u:p@host", Some(EndpointUrlError::UserInfo)),
            ("ftp://127.0.0.1", Some(EndpointUrlError::Scheme)),
            ("127.0.0.1:80", Some(EndpointUrlError::Malformed)),
            ("", Some(EndpointUrlError::Malformed)),
        ] {
            assert_eq!(EndpointUrl::parse(text).err(), expected, "{text}");
        }
    }

    #[test]
    fn a_path_is_a_prefix_for_calls_and_dropped_for_the_browser() {
        let endpoint = EndpointUrl::parse("http://127.0.0.1:8080/base/").expect("valid");
        assert_eq!(endpoint.join("/token").as_str(), "http://127.0.0.1:8080/base/token");
        assert_eq!(endpoint.origin_with("/authorize").as_str(), "http://127.0.0.1:8080/authorize");
    }

    proptest! {
        #[test]
        fn a_host_always_ends_in_a_known_suffix(
            text in "(us|eu|cn|us-gov|us-iso|us-isob|eu-isoe|eusc-de|xx)-[a-z]{3,9}-[0-9]{1,2}",
            fips: bool,
            dual_stack: bool,
        ) {
            let region = Region::parse(&text).expect("the form of a region");
            let endpoint = EndpointUrl::of(Service::Sso, &region, EndpointOptions { fips, dual_stack });
            let host = endpoint.expect("an endpoint").host().to_owned();
            let suffixes = Partition::ALL.iter().flat_map(|one| [one.dns_suffix(), one.dual_stack_suffix()]);
            prop_assert!(suffixes.into_iter().any(|suffix| host.ends_with(&format!(".{suffix}"))), "{host}");
        }
    }
}
