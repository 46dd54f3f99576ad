//! End-to-end stories: the real binary against the simulated AWS, one file a story.
//!
//! Every run is made with `-vvv`, and at the end of each story everything that was printed and everything below HOME is
//! searched for the secrets that the simulated AWS has issued (`harness/leaks.rs`).
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::print_stderr,
    reason = "a test may die, starts programs, reads clocks and writes its own fixtures"
)]

mod harness;

mod bad_input;
mod browser_settings;
mod browser_system;
mod clients;
mod config_explain;
mod configure;
mod configure_pty;
mod console;
mod credential_process;
mod credential_process_hot;
mod credential_process_login;
mod ctrl_c;
mod ctrl_c_refresh;
mod discover;
mod disk_full;
mod doctor;
mod doctor_caches;
mod doctor_config;
mod doctor_network;
mod env;
mod exec;
mod exec_pty;
mod exec_signals;
mod fault_sweep;
mod hostile;
mod hostile_files;
mod hot_writer;
mod interop_botocore;
mod interop_chain;
mod interop_config;
mod interop_exec;
mod interop_matrix;
mod kept_lists;
#[cfg(feature = "keyring")]
mod keyring;
#[cfg(not(feature = "keyring"))]
mod keyring_absent;
#[cfg(feature = "keyring")]
mod keyring_trouble;
mod lock_held;
mod lock_holder;
mod login_again;
mod login_device;
mod login_pkce;
mod login_pkce_pty;
mod logout;
mod no_locks;
mod picker_pty;
mod pictures;
mod pipes;
mod populate;
mod populate_killed;
mod private_files;
mod proxies;
mod real_browser;
mod refresh;
mod refresh_settings;
mod refresh_storm;
mod rejected_token;
mod role_chain;
mod serve;
mod serve_ssh;
mod shell_completions;
mod shell_prompt;
mod shell_use;
mod soak;
mod status;
mod together;
mod upstream;
mod vanity;
mod whoami;
