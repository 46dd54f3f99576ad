//! See tests/fuzz/src/config_names.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sso_fuzz::config_names(data));
