//! See tests/fuzz/src/config_parse.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sso_fuzz::config_parse(data));
