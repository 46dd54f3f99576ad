//! The binary's world: accounts and a directory such as a real organization has, as many as are asked for.

use sso_sim::{Principal, SimBuilder};

const ACCOUNTS: [&str; 6] = ["dev", "staging", "prod", "security", "data", "sandbox"];
const PLATFORM: &str = "9067f00ba1-0a0a0a0a-0000-4000-8000-000000000001";
const AUDITORS: &str = "9067f00ba1-0a0a0a0a-0000-4000-8000-000000000002";
const ALICE: &str = "9067f00ba1-0b0b0b0b-0000-4000-8000-000000000001";
const BOB: &str = "9067f00ba1-0b0b0b0b-0000-4000-8000-000000000002";

/// People, groups, `accounts` accounts that the user has roles in, and one without.
pub(crate) fn world(builder: SimBuilder, accounts: u64) -> SimBuilder {
    let builder = builder
        .permission_set("Admin", Some("Everything"), "PT1H")
        .permission_set("Developer", Some("Builds and deploys"), "PT8H")
        .permission_set("ReadOnly", Some("Looks at everything, changes nothing"), "PT12H")
        .permission_set("Auditor", None, "PT4H")
        .directory_group(PLATFORM, "platform")
        .directory_group(AUDITORS, "auditors")
        .directory_user(ALICE, "alice@example.com")
        .directory_user(BOB, "bob@example.com");
    let builder = (0..accounts).fold(builder, account);
    builder.organization_account("999988887777", "archive", "aws+archive@example.com", "SUSPENDED")
}

/// After the first few, names are numbered.
fn account(builder: SimBuilder, index: u64) -> SimBuilder {
    let id = format!("{:012}", 111_122_223_333 + index * 1_000_001);
    let stem = ACCOUNTS[index as usize % ACCOUNTS.len()];
    let name = match index / ACCOUNTS.len() as u64 {
        0 => stem.to_owned(),
        round => format!("{stem}-{round}"),
    };
    let builder = builder.assignment(&id, "ReadOnly", Principal::group(AUDITORS));
    match stem {
        "prod" | "security" => builder
            .account(&id, &name, &["ReadOnly", "Auditor"])
            .assignment(&id, "Auditor", Principal::group(AUDITORS))
            .assignment(&id, "Admin", Principal::user(ALICE)),
        _ => builder
            .account(&id, &name, &["Admin", "Developer", "ReadOnly"])
            .assignment(&id, "Admin", Principal::group(PLATFORM))
            .assignment(&id, "Developer", Principal::user(BOB)),
    }
}
