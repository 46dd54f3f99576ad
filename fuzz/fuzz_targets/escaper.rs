//! See tests/fuzz/src/escaper.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sso_fuzz::escaper(data));
