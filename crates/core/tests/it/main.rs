//! Upstream vectors: which host answers for a service in a region.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may die, and writes its own fixtures"
)]

mod examples;

use serde_json::Value;
use sso_core::{EndpointOptions, EndpointUrl, Region, Service};

/// The rows about a region; a custom endpoint and the STS global switch are not the table's business.
fn is_about_the_table(parameters: &Value) -> bool {
    parameters.get("Region").is_some()
        && parameters.get("Endpoint").is_none()
        && parameters.get("UseGlobalEndpoint") != Some(&Value::Bool(true))
}

#[test]
fn endpoint_tables() {
    for (from, case) in sso_vectors::cases("endpoint-tests-1") {
        let parameters = &case["params"];
        if !is_about_the_table(parameters) {
            continue;
        }
        let service = if from.contains("sso-oidc") { Service::SsoOidc } else { Service::Sts };
        let flag = |name: &str| parameters[name].as_bool() == Some(true);
        let options = EndpointOptions { fips: flag("UseFIPS"), dual_stack: flag("UseDualStack") };
        let region = Region::parse(parameters["Region"].as_str().expect("a text")).expect("a region");
        let found =
            EndpointUrl::of(service, &region, options).map(|endpoint| format!("https://{}", endpoint.host()));
        assert_eq!(found.as_deref(), case["expect"]["endpoint"]["url"].as_str(), "{from} {parameters}");
    }
}
