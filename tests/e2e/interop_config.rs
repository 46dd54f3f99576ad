//! Others read our config.
