//! Lists that are made to fill the memory: many items, long ones, many beside long ones, pages without end (catalogue D7).

use super::calls::{Call, named};
use super::row::{Row, reply};
use sso_sim::Behaviour;

/// No list is longer (crates/http/src/list.rs).
const MOST: usize = 20_000;

/// A list under this name of so many of these items, and then what else is on the page.
fn list(field: &str, item: &str, count: usize, rest: &str) -> Behaviour {
    let items = vec![item; count].join(",");
    reply(200, "application/json", format!("{{\"{field}\":[{items}]{rest}}}"))
}

/// The least an item can be, and one with a long name: `#` stands for it.
fn rows(name: &str, field: &str, next: &str, least: &str, long: &str) -> (Call, Vec<Row>) {
    let endless = " answered 200 with a list without end";
    let again = format!(",\"{next}\":\"again\"");
    let of = |text: &str, times: usize| long.replace('#', &text.repeat(times));
    let many = MOST.min(1_000_000 / (least.len() + 1));
    let both = format!("{least},").repeat(5_000) + &of("n", 300_000);
    let row = |what: &str, does: Behaviour, code: i32| Row::new("D7", what, does, code);
    let rows = vec![
        row("as many items as can be", list(field, least, many, ""), 0),
        row("a name of 900 KB", list(field, &of("n", 900_000), 1, ""), 0),
        row("a name of 300 KB among 5,000 short ones", list(field, &both, 1, ""), 0),
        row("900,000 characters that are shown as six each", list(field, &of("\u{7f}", 900_000), 1, ""), 0),
        row("pages of long names, without end", list(field, &of("n", 900), 1_000, &again), 6).says(endless),
        row("pages of many items, without end", list(field, least, MOST / 2 + 1, &again), 6)
            .says(endless)
            .asked(2),
        // Nobody reads them, and nobody may build them.
        row("numbers that nobody reads", list("x", "1", 500_000, ""), 0),
        row("objects that nobody reads", list("x", "{\"\":1}", 120_000, ""), 0),
    ];
    (named(name), rows)
}

/// An error of which only two texts are read.
fn errors(name: &str, code: i32) -> (Call, Vec<Row>) {
    let body = format!("{{\"x\":[{}1]}}", "{\"\":1},".repeat(120_000));
    let row = Row::new("D7", "objects in an error", reply(400, "application/json", body), code);
    (named(name), vec![row.says(" answered 400 with no error code")])
}

pub(super) fn stories() -> Vec<(Call, Vec<Row>)> {
    vec![
        rows(
            "ListAccounts",
            "accountList",
            "nextToken",
            r#"{"accountId":"1"}"#,
            r##"{"accountId":"2","accountName":"#"}"##,
        ),
        rows(
            "ListAccountRoles of one account",
            "roleList",
            "nextToken",
            r#"{"roleName":"1"}"#,
            r##"{"roleName":"#"}"##,
        ),
        rows(
            "ListAccounts of Organizations",
            "Accounts",
            "NextToken",
            r#"{"Id":"1"}"#,
            r##"{"Id":"2","Name":"#"}"##,
        ),
        errors("RegisterClient", 6),
        errors("GetRoleCredentials", 6),
        errors("ListInstances", 6),
    ]
}
