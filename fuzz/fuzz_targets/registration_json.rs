//! See tests/fuzz/src/registration_json.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sso_fuzz::registration_json(data));
