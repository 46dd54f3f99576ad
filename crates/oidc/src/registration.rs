//! The client registration of a login: the cached one if it can be used, else a new one.

use crate::client::{OidcClient, RegisterRequest};
use crate::error::OidcError;
use sso_core::{ClientRegistration, Lookup, RegistrationKey, RegistrationStore, StoreError, Timestamp};

/// A registration, and where it came from.
#[derive(Debug)]
pub(crate) struct Obtained {
    /// The registration.
    pub(crate) registration: ClientRegistration,
    /// Whether it was in the store: then the service may have forgotten it.
    pub(crate) cached: bool,
    /// Why it could not be saved. The login works all the same; the next one registers again.
    pub(crate) not_saved: Option<StoreError>,
}

/// Reuses the stored registration if it is whole, of the right kind and 15 minutes from its end; else registers.
///
/// A torn registration never stands in the way (catalogue E7).
///
/// # Errors
/// The service refuses to register, or does not answer.
pub(crate) async fn obtain(
    oidc: &OidcClient,
    store: &dyn RegistrationStore,
    key: &RegistrationKey,
    request: &RegisterRequest,
    now: Timestamp,
) -> Result<Obtained, OidcError> {
    if let Ok(Lookup::Found(registration)) = store.load_registration(key)
        && registration.usable(now)
        && registration.kind == request.kind
    {
        tracing::info!("using the client registration on disk");
        return Ok(Obtained { registration, cached: true, not_saved: None });
    }
    let registration = oidc.register(request).await?;
    tracing::info!(expires_at = %registration.expires_at, "registered a new client");
    let not_saved = store.save_registration(key, &registration).err();
    Ok(Obtained { registration, cached: false, not_saved })
}
