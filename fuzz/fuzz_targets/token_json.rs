//! See tests/fuzz/src/token_json.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sso_fuzz::token_json(data));
