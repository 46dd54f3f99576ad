//! Whether there is a session bus to ask through: a look at values and at the disk, so that where there is none nothing waits.

use crate::vault::VaultError;
use std::path::PathBuf;

/// Where the session bus is, as the environment says it. Read by the program, handed in as values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionBus {
    /// `DBUS_SESSION_BUS_ADDRESS`: `unix:path=/run/user/1000/bus` ("Server Addresses" in the D-Bus Specification).
    pub address: Option<String>,
    /// `$XDG_RUNTIME_DIR/bus`, which is meant where no address is set.
    pub socket: Option<PathBuf>,
}

impl SessionBus {
    /// Nothing, if it can be asked.
    ///
    /// # Errors
    /// [`VaultError::NoBus`]: none is named, or what is named is not there.
    pub fn check(&self) -> Result<(), VaultError> {
        let gone = |path: PathBuf| {
            if path.exists() {
                Ok(())
            } else {
                Err(VaultError::NoBus(format!("{} is not there", path.display())))
            }
        };
        match (self.address.as_deref().filter(|address| !address.is_empty()), &self.socket) {
            // Other kinds of addresses than a path cannot be looked at.
            (Some(address), _) => path_of(address).map_or(Ok(()), gone),
            (None, Some(socket)) => gone(socket.clone()),
            (None, None) => Err(VaultError::NoBus("DBUS_SESSION_BUS_ADDRESS is not set".to_owned())),
        }
    }
}

/// The path of `unix:path=/run/user/1000/bus,guid=1`, of the first address of a list.
fn path_of(address: &str) -> Option<PathBuf> {
    let first = address.split(';').next()?.strip_prefix("unix:")?;
    first.split(',').find_map(|part| part.strip_prefix("path=")).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bus_is_asked_only_where_one_is() {
        for (address, socket, asked) in [
            (None, None, false),
            (Some(""), None, false),
            (None, Some("/nonexistent/bus"), false),
            (None, Some("/"), true),
            (Some("unix:path=/nonexistent/bus,guid=1"), Some("/"), false),
            (Some("unix:path=/,guid=1"), None, true),
            (Some("unix:abstract=bus"), None, true),
            (Some("tcp:host=x"), None, true),
        ] {
            let bus = SessionBus { address: address.map(str::to_owned), socket: socket.map(PathBuf::from) };
            assert_eq!(bus.check().is_ok(), asked, "{bus:?}");
        }
    }
}
