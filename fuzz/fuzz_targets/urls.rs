//! See tests/fuzz/src/urls.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sso_fuzz::urls(data));
