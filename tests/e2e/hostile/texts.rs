//! Every text that a server can have shown: escaped, whatever the colours, and cut where it is an error's (catalogue C4).

use super::calls::{Call, named};
use super::play::{streams, through};
use super::row::{Row, json, reply};
use super::tame::{EVIL, SHOWN};
use serde_json::{Value, json};
use sso_sim::{Behaviour, Fault, Front};

fn answers(status: u16, body: &Value) -> Behaviour {
    reply(status, "application/json", body.to_string())
}

/// It is shown as what it is, with its beginning.
fn shown(what: &str, does: Behaviour, code: i32) -> Row {
    Row::new("C4", what, does, code).says(SHOWN)
}

/// The same on stdout.
fn printed(what: &str, body: &Value) -> Row {
    Row::new("C4", what, json(body), 0).prints(SHOWN).saves()
}

/// Nothing of it is shown.
fn kept_back(what: &str, does: Behaviour, code: i32) -> Row {
    Row::new("C4", what, does, code).never("u{1b}").never("evil.example")
}

/// It is cut.
fn cut(what: &str, does: Behaviour, code: i32) -> Row {
    Row::new("C4", what, does, code).says("nnnnnnnn").says("n…").never("n".repeat(2_000))
}

fn oidc() -> Vec<(Call, Vec<Row>)> {
    let long = "n".repeat(900_000);
    let error = json!({ "error": EVIL, "error_description": EVIL });
    let denied = json!({ "error": "access_denied", "error_description": EVIL });
    let odd = json!({ "error": "invalid_scope", "error_description": long });
    let named_long = json!({ "error": long });
    let common = || {
        vec![
            shown("an error", answers(400, &error), 1),
            shown("a message", answers(403, &json!({ "message": EVIL })), 1),
            cut("a description of 900 KB", answers(400, &odd), 3),
            cut("an error of 900 KB", answers(400, &named_long), 1),
            // Everything else that a client might look for is there, too.
            cut("a message of 900 KB", answers(403, &json!({ "message": long })), 1),
        ]
    };
    let device = |user_code: &str, page: &str, whole: &str| {
        json(&json!({ "deviceCode": "unknown", "userCode": user_code, "verificationUri": page,
            "verificationUriComplete": whole, "expiresIn": 600, "interval": 1 }))
    };
    let impossible = |member: &str| format!(" answered 200 with a {member} of impossible length");
    let mut start = common();
    start.extend([
        shown("a refusal", answers(400, &denied), 5),
        shown("a user code", device(EVIL, "https://x.example/", ""), 4),
        shown("an address", device("ABCD-EFGH", EVIL, ""), 4),
        kept_back("an address with a code", device("ABCD-EFGH", "https://x.example/", EVIL), 4),
        Row::new("C4", "a user code of 900 KB", device(&long, "https://x.example/", ""), 6)
            .says(impossible("userCode")),
        Row::new("C4", "an address of 900 KB", device("ABCD-EFGH", &long, ""), 6)
            .says(impossible("verificationUri")),
    ]);
    let mut poll = common();
    poll.push(shown("a refusal", answers(400, &denied), 5));
    let mut code = common();
    code.push(shown("a refusal", answers(400, &denied), 5));
    let refresh = common();
    let mut helper = common();
    // The session has ended, and the reason is ours.
    helper.push(kept_back("a refusal", answers(400, &denied), 4));
    vec![
        (named("RegisterClient"), common()),
        (named("StartDeviceAuthorization"), start),
        (named("CreateToken for a device code"), poll),
        (named("CreateToken for a code"), code),
        (named("CreateToken of refresh"), refresh),
        (named("CreateToken of a helper"), helper),
    ]
}

fn portal() -> Vec<(Call, Vec<Row>)> {
    let long = "n".repeat(900_000);
    let said =
        |status, code: &str, message: &str| answers(status, &json!({ "message": message, "__type": code }));
    let refusals = || {
        vec![
            shown("an error", said(400, EVIL, EVIL), 1),
            // The token is refreshed first, in case that helps.
            shown("an ended session", said(401, "UnauthorizedException", EVIL), 4).saves(),
            shown("a refusal", said(403, "ForbiddenException", EVIL), 8),
            shown("a failure", said(501, "Odd", EVIL), 6),
            cut("a refusal of 900 KB", said(403, "ForbiddenException", &long), 8),
            cut("an error of 900 KB", said(400, &long, ""), 1),
        ]
    };
    let parts = || {
        vec![
            shown("an error", said(400, EVIL, EVIL), 6),
            shown("a refusal", said(403, "ForbiddenException", EVIL), 6),
            cut("a refusal of 900 KB", said(403, "ForbiddenException", &long), 6),
        ]
    };
    let account = json!({ "accountId": EVIL, "accountName": EVIL, "emailAddress": EVIL });
    let accounts = json!({ "accountList": [account, { "accountId": "111122223333", "accountName": EVIL }] });
    let roles = json!({ "roleList": [{ "roleName": EVIL, "accountId": EVIL }] });
    let keys = json!({ "roleCredentials": { "accessKeyId": EVIL, "secretAccessKey": EVIL, "sessionToken": EVIL,
        "expiration": 4_102_444_800_000_i64 } });
    let with = |mut rows: Vec<Row>, more: Vec<Row>| {
        rows.extend(more);
        rows
    };
    // JSON by nature, so it is escaped as JSON is.
    let keys = Row::new("C4", "keys", json(&keys), 0).prints("X\\u001b[7;5;41mY").saves();
    // No name of a profile can be made of it, or another one is.
    let named_so = Row::new("C4", "names", json(&accounts), 6)
        .says("Skipped")
        .prints("+ [profile X-7-5-41mY-8-")
        .saves();
    vec![
        (named("GetRoleCredentials"), with(refusals(), vec![keys])),
        (named("ListAccounts"), with(refusals(), vec![printed("names", &accounts)])),
        (named("ListAccountRoles of one account"), with(refusals(), vec![printed("names", &roles)])),
        (named("ListAccountRoles of all"), with(parts(), vec![printed("names", &roles)])),
        (named("ListAccounts of populate"), with(refusals(), vec![named_so])),
        (
            named("ListAccountRoles of populate"),
            with(parts(), vec![Row::new("C4", "names", json(&roles), 0).says("Skipped dev-X-7-5-41mY-8-")]),
        ),
    ]
}

fn signed() -> Vec<(Call, Vec<Row>)> {
    // XML has no NUL.
    let evil = EVIL.replace('\0', "").replace('&', "&amp;");
    let long = "n".repeat(900_000);
    let error = |code: &str, message: &str| {
        let body = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
             <RequestId>{message}</RequestId></ErrorResponse>"
        );
        reply(403, "text/xml", body)
    };
    let sentence = format!("User: {evil} is not authorized to perform: {evil} on resource: {evil}");
    let refusals = || {
        vec![
            shown("an error", error(&evil, &evil), 1),
            shown("a denial", error("AccessDenied", &evil), 8),
            shown("a denial by the rules", error("AccessDenied", &sentence), 8),
            shown("an end", error("ExpiredToken", &evil), 4),
            cut("a denial of 900 KB", error("AccessDenied", &long[..450_000]), 8),
            cut("a code of 900 KB", error(&long, ""), 1),
        ]
    };
    let identity = format!(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>{evil}</Arn><UserId>{evil}</UserId><Account>{evil}</Account>\
         </GetCallerIdentityResult></GetCallerIdentityResponse>"
    );
    let mut caller = refusals();
    caller.push(Row::new("C4", "an identity", reply(200, "text/xml", identity), 0).prints(SHOWN));
    let token = |token: &str| json(&json!({ "SigninToken": token }));
    let console = vec![
        // As a parameter of an address it is percent-encoded.
        Row::new("C4", "a token", token(EVIL), 0)
            .prints("&SigninToken=X%1B%5B7%3B5%3B41mY%1B%5D8")
            .never(SHOWN),
        Row::new("C4", "a token of 900 KB", token(&long), 6).says(" with a SigninToken of impossible length"),
        kept_back("a refusal", answers(400, &json!({ "message": EVIL })), 1),
    ];
    vec![
        (named("GetCallerIdentity"), caller),
        (named("AssumeRole"), refusals()),
        (named("getSigninToken"), console),
    ]
}

fn administration() -> Vec<(Call, Vec<Row>)> {
    let long = "n".repeat(900_000);
    let sentence =
        "User: a\u{1b}[7;5;41m\u{202e}b is not authorized to perform: x\u{9b} on resource: y\u{200b}";
    let said = |code: &str, message: &str| answers(400, &json!({ "__type": code, "Message": message }));
    let rows = |(name, body): (&str, Value)| {
        let call = named(name);
        let refused = if call.has_parts() { 6 } else { 1 };
        let mut rows = vec![printed("names", &body)];
        if name == "DescribeUser" {
            rows.push(shown("a denial", said("AccessDeniedException", EVIL), 0));
        } else {
            rows.extend([
                shown("an error", said("Odd", EVIL), refused),
                cut("an error of 900 KB", said("Odd", &long), refused),
                shown("a denial", said("AccessDeniedException", EVIL), 1),
                Row::new("C4", "a denial by the rules", said("AccessDeniedException", sentence), 1)
                    .says("you are: a\\u{1b}[7;5;41m\\u{202e}b"),
            ]);
        }
        (call, rows)
    };
    let instance = json!({ "InstanceArn": EVIL, "IdentityStoreId": EVIL, "OwnerAccountId": EVIL, "Name": EVIL,
        "Status": EVIL, "PrimaryRegion": EVIL });
    let account = json!({ "Id": EVIL, "Arn": EVIL, "Name": EVIL, "Email": EVIL, "State": EVIL, "Status": EVIL,
        "JoinedMethod": EVIL });
    let set = json!({ "PermissionSetArn": EVIL, "Name": EVIL, "Description": EVIL, "SessionDuration": EVIL,
        "RelayState": EVIL });
    let assignment =
        json!({ "AccountId": EVIL, "PermissionSetArn": EVIL, "PrincipalType": EVIL, "PrincipalId": EVIL });
    [
        ("ListInstances", json!({ "Instances": [instance] })),
        ("ListAccounts of Organizations", json!({ "Accounts": [account] })),
        ("DescribePermissionSet", json!({ "PermissionSet": set })),
        ("ListAccountAssignments", json!({ "AccountAssignments": [assignment] })),
        ("DescribeUser", json!({ "UserName": EVIL, "DisplayName": EVIL })),
    ]
    .map(rows)
    .into()
}

/// Two refusals in one run: the first one is answered, the second one is only logged.
#[test]
fn what_is_only_logged() {
    let call = named("ListAccounts");
    let world = call.world("hostile: texts that are only logged");
    world.sim.fault(Fault::on("ListAccounts").error("UnauthorizedException", "").status(401));
    let odd = json!({ "error": EVIL, "error_description": EVIL });
    let front = Front::before(world.sim.address(), "\"refresh_token\"", answers(400, &odd));
    let run = through(world.sso(call.args), &world, &front.url()).run();
    run.exits(4).says("has ended at the service");
    let [_, err] = streams(&run);
    assert!(err.contains("there is no other") && !err.contains("evil.example"), "{err}");
    assert_eq!(front.struck().len(), 1);
}

pub(super) fn rows() -> Vec<(Call, Vec<Row>)> {
    [oidc(), portal(), signed(), administration()].concat()
}
