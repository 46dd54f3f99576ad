//! Which test covers which row of the catalogue's tables C and D, and the proof that these tests exist.
//!
//! The tables themselves are no part of the project, so their rows are named here by what they promise.

use std::collections::BTreeSet;
use std::path::Path;

/// A row, what it promises, and the tests that prove it: file below the project's root, name of the function.
type Claim = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const CLAIMS: &[Claim] = &[
    (
        "C1",
        "only safe addresses are opened",
        &[
            ("crates/cli/src/ui/browser/safe.rs", "only_safe_addresses_are_opened"),
            ("tests/e2e/hostile/pages.rs", "what_is_not_aws_is_shown_and_not_opened"),
            ("tests/e2e/login_device.rs", "hostile_texts"),
        ],
    ),
    (
        "C2",
        "no shell, no option injection",
        &[
            ("crates/cli/src/ui/browser/safe.rs", "no_interpreter_finds_anything_of_its_own"),
            ("tests/e2e/login_pkce.rs", "no_shell_reads_the_browser_command"),
            ("tests/e2e/browser_settings.rs", "who_names_the_browser"),
            ("tests/e2e/browser_system.rs", "wsl"),
        ],
    ),
    ("C3", "the browser inherits nothing", &[("tests/e2e/login_pkce.rs", "the_browser_inherits_nothing")]),
    (
        "C4",
        "text of a server cannot drive the terminal",
        &[
            ("crates/cli/src/output/escape.rs", "no_byte_that_a_terminal_obeys_comes_out"),
            ("tests/e2e/hostile/mod.rs", "texts_that_would_drive_a_terminal"),
            ("tests/e2e/hostile/texts.rs", "what_is_only_logged"),
            ("tests/e2e/hostile/screen.rs", "signing_in"),
            ("tests/e2e/hostile/screen.rs", "refusals"),
            ("tests/e2e/hostile/screen.rs", "lists"),
            ("tests/e2e/hostile/screen.rs", "the_wizard"),
            ("tests/e2e/login_pkce.rs", "a_hostile_denial"),
            ("tests/e2e/credential_process.rs", "hostile_names"),
            ("tests/e2e/populate.rs", "hostile_names"),
        ],
    ),
    (
        "C5",
        "quiet without a terminal",
        &[
            ("tests/e2e/hostile/screen.rs", "without_colours"),
            ("tests/e2e/login_pkce.rs", "quiet_and_json"),
            ("tests/e2e/pipes.rs", "closed_descriptors"),
            ("tests/e2e/picker_pty.rs", "nobody_to_ask_and_nothing_to_pick"),
        ],
    ),
    (
        "D1",
        "the start URL is https",
        &[
            ("crates/core/src/url.rs", "start_urls_are_checked_before_use"),
            ("tests/e2e/bad_input.rs", "seen_before_anything_is_asked"),
        ],
    ),
    (
        "D2",
        "a region cannot change the host",
        &[
            ("crates/core/src/region.rs", "regions_have_a_form"),
            ("crates/core/src/endpoint.rs", "the_table_of_hosts"),
            ("tests/e2e/bad_input.rs", "seen_before_anything_is_asked"),
        ],
    ),
    (
        "D3",
        "a token goes only to its own portal",
        &[
            ("crates/core/src/token.rs", "a_token_belongs_to_one_portal_and_region"),
            ("crates/oidc/tests/it/broker.rs", "what_is_no_token_of_this_session_is_not_sent_anywhere"),
            ("tests/e2e/credential_process.rs", "login_needed"),
            ("tests/e2e/logout.rs", "a_token_of_another_region"),
        ],
    ),
    (
        "D4",
        "a configured endpoint cannot leak",
        &[
            ("crates/core/src/endpoint.rs", "configured_endpoints_are_checked"),
            ("tests/e2e/bad_input.rs", "seen_before_anything_is_asked"),
            ("tests/e2e/proxies.rs", "a_tunnel_to_aws"),
        ],
    ),
    (
        "D5",
        "no redirect with a secret",
        &[
            ("crates/http/tests/it/hostile.rs", "a_redirect_is_an_answer_and_no_way"),
            ("tests/e2e/hostile/mod.rs", "in_the_place_of_oidc"),
            ("tests/e2e/hostile/mod.rs", "in_the_place_of_the_portal"),
            ("tests/e2e/hostile/mod.rs", "in_the_place_of_sts_and_the_console"),
            ("tests/e2e/hostile/mod.rs", "in_the_place_of_the_administrators_services"),
            ("tests/e2e/hostile/vanity.rs", "a_start_url_that_leads_nowhere_good"),
            ("tests/e2e/vanity.rs", "leads_nowhere"),
        ],
    ),
    (
        "D6",
        "TLS cannot be turned off",
        &[
            ("crates/http/tests/it/tls.rs", "certificates"),
            ("crates/http/tests/it/proxies.rs", "loopback_is_never_proxied"),
            ("tests/e2e/proxies.rs", "never_for_this_machine"),
        ],
    ),
    (
        "D7",
        "huge replies are bounded",
        &[
            ("crates/http/tests/it/hostile.rs", "a_reply_without_end_is_refused_after_a_mebibyte"),
            ("crates/portal/tests/it/calls.rs", "a_list_without_end_ends"),
            ("crates/cli/src/output/table.rs", "an_endless_name_is_shown_and_widens_no_other_row"),
            ("tests/e2e/hostile/mod.rs", "in_the_place_of_the_portal"),
            ("tests/e2e/hostile/mod.rs", "lists_that_would_fill_the_memory"),
            ("tests/e2e/hostile/doctor.rs", "whoever_answers_the_doctor"),
        ],
    ),
    (
        "D8",
        "depth exhausts no stack",
        &[
            ("crates/http/tests/it/hostile.rs", "depth_does_not_exhaust_the_stack"),
            ("crates/discovery/src/xml.rs", "what_is_not_sts_is_refused_without_quoting_it"),
            ("tests/e2e/hostile/mod.rs", "in_the_place_of_sts_and_the_console"),
            ("tests/e2e/hostile_files.rs", "as_token"),
        ],
    ),
    (
        "D9",
        "slow servers are bounded",
        &[
            ("crates/http/tests/it/hostile.rs", "a_body_that_is_slow_after_fast_headers_ends_too"),
            ("tests/e2e/hostile/mod.rs", "a_slow_server_is_not_waited_for"),
            ("tests/e2e/doctor_network.rs", "black_holes_do_not_hold_it"),
        ],
    ),
    (
        "D10",
        "hostile numbers",
        &[
            ("crates/oidc/src/wire.rs", "hostile_numbers_are_tamed"),
            ("crates/core/src/credentials.rs", "no_session_outlives_the_longest"),
            ("tests/e2e/hostile/mod.rs", "numbers_that_cannot_be"),
        ],
    ),
    (
        "D11",
        "useful errors on bad replies",
        &[
            ("crates/http/tests/it/hostile.rs", "bodies_that_are_not_what_was_asked_for"),
            ("crates/oidc/tests/it/replies.rs", "refusals_and_pages_of_others"),
            ("tests/e2e/hostile/mod.rs", "members_of_every_wrong_type"),
            ("tests/e2e/bad_input.rs", "html_instead_of_json"),
        ],
    ),
    (
        "D12",
        "names cannot become paths",
        &[
            ("crates/cache/src/key.rs", "token_names_are_the_aws_clis"),
            ("tests/e2e/hostile/paths.rs", "names_are_no_paths"),
        ],
    ),
    (
        "D13",
        "429 is not \"sign in again\"",
        &[
            ("crates/http/tests/it/retries.rs", "how_often_a_request_is_sent"),
            ("crates/http/tests/it/paced.rs", "only_so_many_are_under_way"),
            ("tests/e2e/hostile/mod.rs", "services_that_throttle_or_are_at_fault"),
            ("tests/e2e/hostile/throttled.rs", "a_token_that_lives_is_used_while_the_service_throttles"),
            ("tests/e2e/login_again.rs", "throttled_is_not_a_login"),
            ("tests/e2e/discover.rs", "at_the_rate_that_is_allowed"),
        ],
    ),
];

#[test]
fn every_row_of_the_catalogue_is_claimed_by_tests_that_exist() {
    let numbered = |letter: char, last: u32| (1..=last).map(move |number| format!("{letter}{number}"));
    let rows: BTreeSet<String> = numbered('C', 5).chain(numbered('D', 13)).collect();
    let claimed: BTreeSet<String> = CLAIMS.iter().map(|(id, ..)| (*id).to_owned()).collect();
    assert_eq!(claimed, rows);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (id, promise, tests) in CLAIMS {
        assert!(!tests.is_empty(), "{id}, {promise}: nobody proves it");
        for (file, name) in *tests {
            let text = std::fs::read_to_string(root.join(file)).unwrap_or_default();
            assert!(is_a_test(&text, name), "{id}, {promise}: there is no test {name} in {file}");
        }
    }
}

/// Whether a function of that name stands right behind an attribute that makes it a test.
fn is_a_test(text: &str, name: &str) -> bool {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim) {
        let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        if function.and_then(|rest| rest.strip_prefix(name)).is_some_and(|rest| rest.starts_with('(')) {
            let attributes = lines.iter().rev().take_while(|line| line.starts_with("#["));
            return attributes.clone().any(|line| *line == "#[test]" || line.starts_with("#[tokio::test"));
        }
        lines.push(line);
    }
    false
}
