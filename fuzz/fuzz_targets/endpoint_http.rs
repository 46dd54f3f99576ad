//! See tests/fuzz/src/endpoint_http.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sso_fuzz::endpoint_http(data));
