//! See tests/fuzz/src/shell_export.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sso_fuzz::shell_export(data));
