//! See tests/fuzz/src/oidc_reply.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sso_fuzz::oidc_reply(data));
