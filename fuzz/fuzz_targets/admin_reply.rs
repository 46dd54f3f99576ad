//! See tests/fuzz/src/admin_reply.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sso_fuzz::admin_reply(data));
