//! See tests/fuzz/src/sts_reply.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sso_fuzz::sts_reply(data));
