//! See tests/fuzz/src/portal_reply.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sso_fuzz::portal_reply(data));
