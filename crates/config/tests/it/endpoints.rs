//! Endpoints, variants and certificates: who is asked first.

use crate::support::config;
use sso_config::{ConfigError, EndpointSettings, Env};
use sso_core::Service;

const FILE: &str = "[profile p]\nservices = local\nendpoint_url = http://profile\nuse_fips_endpoint = TRUE\n\
ca_bundle = /p.pem\n[services local]\nsso =\n  endpoint_url = http://section-sso\nsts =\n  other = 1\n\
[profile q]\nservices = nope\n[profile off]\nendpoint_url = http://off\nignore_configured_endpoint_urls = true\n\
[profile regional]\nregion = r\n[profile empty]\nendpoint_url =\nca_bundle =\n";

fn settings(variables: &[(&str, &str)], profile: &str) -> Result<EndpointSettings, ConfigError> {
    let env = Env::new(variables.iter().map(|(name, value)| (name.into(), value.into())), None);
    EndpointSettings::resolve(&env, &config(FILE), &profile.into())
}

#[test]
fn endpoints_in_their_order() {
    let at = |line: u32| format!("/h/.aws/config:{line}");
    for (variables, profile, service, expected) in [
        (&[][..], "p", Service::Sso, Some(("http://section-sso", at(8)))),
        (&[], "p", Service::Sts, Some(("http://profile", at(3)))),
        (&[], "p", Service::SsoOidc, Some(("http://profile", at(3)))),
        (
            &[("AWS_ENDPOINT_URL", "http://all")],
            "p",
            Service::Sso,
            Some(("http://all", "AWS_ENDPOINT_URL".into())),
        ),
        (&[("AWS_ENDPOINT_URL", "")], "p", Service::Sso, Some(("http://section-sso", at(8)))),
        (
            &[("AWS_ENDPOINT_URL", "http://all"), ("AWS_ENDPOINT_URL_SSO_OIDC", "http://own")],
            "p",
            Service::SsoOidc,
            Some(("http://own", "AWS_ENDPOINT_URL_SSO_OIDC".into())),
        ),
        (
            &[("AWS_ENDPOINT_URL", "http://all")],
            "q",
            Service::Sts,
            Some(("http://all", "AWS_ENDPOINT_URL".into())),
        ),
        (
            &[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True"), ("AWS_ENDPOINT_URL", "x")],
            "p",
            Service::Sso,
            None,
        ),
        (
            &[("AWS_ENDPOINT_URL_SSO_ADMIN", "http://admin"), ("AWS_ENDPOINT_URL_SSO", "http://portal")],
            "regional",
            Service::SsoAdmin,
            Some(("http://admin", "AWS_ENDPOINT_URL_SSO_ADMIN".into())),
        ),
        (
            &[("AWS_ENDPOINT_URL_ORGANIZATIONS", "http://org")],
            "p",
            Service::Organizations,
            Some(("http://org", "AWS_ENDPOINT_URL_ORGANIZATIONS".into())),
        ),
        (&[], "p", Service::IdentityStore, Some(("http://profile", at(3)))),
        (&[], "off", Service::Sso, None),
        (
            &[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false")],
            "off",
            Service::Sso,
            Some(("http://off", at(14))),
        ),
        (&[], "nosuch", Service::Sso, None),
    ] {
        let found = settings(variables, profile).expect("settings");
        let found = found.endpoint(service).map(|found| (found.value.as_str(), found.origin.to_string()));
        assert_eq!(found, expected, "{variables:?} {profile} {service:?}");
    }
    match settings(&[], "q") {
        Err(ConfigError::UnknownServices { name, origin }) => {
            assert_eq!((name.as_str(), origin.to_string()), ("nope", at(12)));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_region_of_service_calls() {
    for (variables, profile, expected) in [
        (&[("AWS_REGION", "a"), ("AWS_DEFAULT_REGION", "b")][..], "regional", Some("a")),
        (&[("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "b")], "regional", Some("b")),
        (&[], "regional", Some("r")),
        (&[], "off", None),
    ] {
        let found = settings(variables, profile).expect("settings").region.map(|found| found.value);
        assert_eq!(found.as_deref(), expected);
    }
}

#[test]
fn variants_and_certificates() {
    let found = settings(&[], "p").expect("settings");
    assert!(found.options().fips && !found.options().dual_stack);
    let found = settings(&[("AWS_USE_FIPS_ENDPOINT", "no"), ("AWS_USE_DUALSTACK_ENDPOINT", "true")], "p");
    let options = found.expect("settings").options();
    assert!(!options.fips && options.dual_stack);
    for (variables, profile, expected) in [
        (&[("AWS_CA_BUNDLE", "/a"), ("REQUESTS_CA_BUNDLE", "/r")][..], "p", Some("/a")),
        (&[("REQUESTS_CA_BUNDLE", "/r")], "p", Some("/p.pem")),
        (&[("REQUESTS_CA_BUNDLE", "/r")], "off", Some("/r")),
        (&[], "off", None),
    ] {
        let found = settings(variables, profile).expect("settings").ca_bundle.map(|found| found.value);
        assert_eq!(found.as_deref(), expected);
    }
    for (variables, profile) in [(&[("AWS_CA_BUNDLE", " ")][..], "off"), (&[], "empty")] {
        assert!(matches!(settings(variables, profile), Err(ConfigError::EmptyCaBundle { .. })));
    }
}
