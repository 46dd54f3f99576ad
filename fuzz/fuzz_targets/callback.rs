//! See tests/fuzz/src/callback.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sso_fuzz::callback(data));
