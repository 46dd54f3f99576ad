//! STS as the selected profile reaches it.

use crate::context::Network;
use crate::error::CliError;
use crate::explain::{Explain as _, Voice};
use sso_config::{ConfigError, Sourced, SsoSession};
use sso_core::{Region, Service};
use sso_discovery::Sts;

/// STS in the region of AWS_REGION, AWS_DEFAULT_REGION, the profile's `region`, else the session's. Always the region's own
/// endpoint, as in the AWS CLI.
pub(crate) fn client(network: &Network, session: &SsoSession, voice: &Voice) -> Result<Sts, CliError> {
    of_region(network, client_region(network, session, voice)?)
}

/// STS in a region.
pub(crate) fn of_region(network: &Network, region: Region) -> Result<Sts, CliError> {
    let endpoint = network.endpoint(Service::Sts, &region, network.settings.options())?;
    Ok(Sts::new(network.http.clone(), endpoint, region))
}

/// The region of service calls: AWS_REGION, AWS_DEFAULT_REGION, the profile's `region`, else the session's.
pub(crate) fn client_region(
    network: &Network,
    session: &SsoSession,
    voice: &Voice,
) -> Result<Region, CliError> {
    match &network.settings.region {
        Some(chosen) => checked("region", chosen, voice),
        None => checked("sso_region", &session.region, voice),
    }
}

/// The value of a key that names a region, now that it is used.
pub(crate) fn checked(
    key: &'static str,
    chosen: &Sourced<String>,
    voice: &Voice,
) -> Result<Region, CliError> {
    Region::parse(&chosen.value)
        .map_err(|source| ConfigError::Region { key, value: Box::new(chosen.clone()), source }.explain(voice))
}
