//! See tests/fuzz/src/role_json.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sso_fuzz::role_json(data));
