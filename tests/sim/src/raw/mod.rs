//! The raw listener: hostile replies that no HTTP library would let us make.

mod background;
mod behaviour;
mod front;
mod intercept;
mod listener;
mod tls;

pub use behaviour::Behaviour;
pub use front::Front;
pub use intercept::Interceptor;
pub use listener::{RawRequest, RawServer};
pub use tls::{Presents, TlsCertificate};
