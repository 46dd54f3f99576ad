//! Placeholder until the slice that builds it.
