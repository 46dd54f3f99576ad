//! See tests/fuzz/src/config_glance.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sso_fuzz::config_glance(data));
