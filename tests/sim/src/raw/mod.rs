//! The raw listener: hostile replies that no HTTP library would let us make.

mod behaviour;
mod listener;
mod tls;

pub use behaviour::Behaviour;
pub use listener::{RawRequest, RawServer};
pub use tls::TlsCertificate;
