//! A build without the feature `keyring`: there is no secret store to open.

use super::Halved;
use sso_cache::FileStore;
use sso_config::Env;
use sso_core::Clock;
use std::sync::Arc;

/// What it would be called.
pub(crate) const NAME: &str = "secret store";

pub(super) fn open(_: &Env, _: &Arc<dyn Clock>, _: &FileStore) -> Option<Arc<dyn Halved>> {
    None
}
