//! Numbers and instants that cannot be: no panic, no wrap, and no life without end (catalogue D10).

use super::calls::{Call, named};
use super::row::{Row, json, reply};
use crate::harness::{ROLE_FILE, TOKEN_FILE};
use serde_json::{Value, json};
use sso_sim::Behaviour;

/// In milliseconds and in seconds.
const YEAR_50000: i64 = 1_515_695_760_000;

fn number(what: &Value, does: Behaviour, code: i32, says: &str) -> Row {
    Row::new("D10", format!("{what}"), does, code).says(says)
}

const WRONG: &str = " answered 200 with a field of the wrong type";

/// A registration whose end is no instant is none; one that has ended is of no use next time, and the service says what it
/// makes of the client.
fn registration() -> (Call, Vec<Row>) {
    let never = " answered 200 with a clientSecretExpiresAt that is no instant";
    let table = [
        (json!(i64::MAX), 6, never),
        (json!(i64::MIN), 6, never),
        (json!(YEAR_50000), 6, never),
        (json!(u64::MAX), 6, WRONG),
        (json!(1.5), 6, WRONG),
        (json!(1e300), 6, WRONG),
        (json!("1795262400"), 6, WRONG),
        (json!(0), 4, "error[T03]"),
        (json!(-1), 6, never),
    ];
    let rows = table.map(|(value, code, says)| {
        let body = json!({ "clientId": "unknown", "clientSecret": "s", "clientSecretExpiresAt": value });
        let row = number(&value, json(&body), code, says);
        if code == 4 { row.saves() } else { row }
    });
    (named("RegisterClient"), rows.into())
}

/// Neither a life nor an interval is waited for as it is written: the sign-in goes on, here to a service that does not know the
/// code.
fn device() -> (Call, Vec<Row>) {
    let values = [
        json!(-1),
        json!(0),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1.5),
        json!(1e300),
        json!("9"),
        json!([]),
        json!(null),
    ];
    let rows = values.map(|value| {
        let body = json!({ "deviceCode": "unknown", "userCode": "ABCD-EFGH", "verificationUri": "https://x.example/",
            "expiresIn": value, "interval": value });
        number(&value, json(&body), 4, "The service does not accept the code.")
    });
    (named("StartDeviceAuthorization"), rows.into())
}

/// A token without a life is none, and none lives longer than 90 days.
fn token(call: &str) -> (Call, Vec<Row>) {
    let never = " answered 200 with an expiresIn that is no lifetime";
    let table = [
        (json!(0), 6, never),
        (json!(-1), 6, never),
        (json!(i64::MIN), 6, never),
        (json!(u64::MAX), 6, WRONG),
        (json!(28_800.5), 6, WRONG),
        (json!("28800"), 6, WRONG),
        (json!(i64::MAX), 0, ""),
        (json!(YEAR_50000), 0, ""),
    ];
    let rows = table.map(|(value, code, says)| {
        let body = json!({ "accessToken": "CANARY-a", "refreshToken": "CANARY-r", "expiresIn": value });
        let row = number(&value, json(&body), code, says);
        if code == 0 { row.saves().ends(TOKEN_FILE, 90 * 24) } else { row }
    });
    (named(call), rows.into())
}

/// Credentials that have ended, or end at no instant, are none; and none live longer than 12 hours.
fn role() -> (Call, Vec<Row>) {
    let (never, ended) = (" answered 200 with an expiration that is no instant", "error[N14]");
    let table = [
        (json!(0), 1, ended),
        (json!(-1), 1, ended),
        (json!(1), 1, ended),
        (json!(i64::MAX), 6, never),
        (json!(i64::MIN), 6, never),
        (json!(YEAR_50000 * 1_000), 6, never),
        (json!(u64::MAX), 6, WRONG),
        (json!(1.5), 6, WRONG),
        (json!("4102444800000"), 6, WRONG),
        (json!(253_402_207_200_000_i64), 0, ""),
    ];
    let rows = table.map(|(value, code, says)| {
        let body = json!({ "roleCredentials": {
            "accessKeyId": "ASIAEXAMPLE", "secretAccessKey": "s", "sessionToken": "t", "expiration": value } });
        let row = number(&value, json(&body), code, says);
        if code == 0 { row.saves().prints("ASIAEXAMPLE").ends(ROLE_FILE, 12) } else { row }
    });
    (named("GetRoleCredentials"), rows.into())
}

fn assumed() -> (Call, Vec<Row>) {
    let (never, ended) = (" answered 200 with an expiration that is no instant", "error[N14]");
    let table = [
        ("1970-01-01T00:00:00Z", 1, ended),
        ("0000-00-00T00:00:00Z", 6, never),
        ("2026-02-30T00:00:00Z", 6, never),
        ("+50000-01-01T00:00:00Z", 6, never),
        ("4102444800", 6, never),
        ("-1", 6, never),
        ("", 6, never),
        ("soon", 6, never),
        ("9999-12-30T21:59:59Z", 0, ""),
    ];
    let rows = table.map(|(value, code, says)| {
        let body = format!(
            "<AssumeRoleResponse><AssumeRoleResult><AssumedRoleUser><Arn>arn:aws:sts::222233334444:assumed-role/Deploy/x</Arn>\
             <AssumedRoleId>AROA:x</AssumedRoleId></AssumedRoleUser><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId>\
             <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>{value}</Expiration></Credentials>\
             </AssumeRoleResult></AssumeRoleResponse>"
        );
        let row = number(&json!(value), reply(200, "text/xml", body), code, says);
        if code == 0 { row.saves().prints("ASIAEXAMPLE") } else { row }
    });
    (named("AssumeRole"), rows.into())
}

/// An instant that is none is not shown.
fn joined() -> (Call, Vec<Row>) {
    let rows =
        [json!(1e300), json!(-1e300), json!(i64::MIN), json!(u64::MAX), json!(YEAR_50000), json!(-0.0)].map(
            |value| {
                let body = json!({ "Accounts": [{ "Id": "123412341234", "JoinedTimestamp": value }] });
                Row::new("D10", value.to_string(), json(&body), 0).prints("123412341234").never("50000")
            },
        );
    (named("ListAccounts of Organizations"), rows.into())
}

/// What a header counts is not believed either: neither how long to wait nor what time it is (I4).
fn headers() -> (Call, Vec<Row>) {
    let failing = |header: &str| {
        let text =
            format!("HTTP/1.1 400 No\r\n{header}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}");
        Behaviour::Reply(text.into_bytes())
    };
    let said = " answered 400 with no error code";
    let clock = |years: &str| format!("this machine's clock is {years}");
    let rows = vec![
        Row::new("D10", "a Date of the year 9999", failing("Date: Wed, 29 Dec 9999 00:00:00 GMT"), 6)
            .says(clock(""))
            .says("behind the service's"),
        Row::new("D10", "a Date of 1601", failing("Date: Mon, 01 Jan 1601 00:00:00 GMT"), 6)
            .says(clock(""))
            .says("ahead of the service's"),
        Row::new("D10", "a Date that is none", failing("Date: 99999999999999999999"), 6)
            .says(said)
            .never(clock("")),
        Row::new("D10", "a Retry-After below nothing", failing("Retry-After: -1"), 6).says(said).asked(1),
        Row::new("D10", "an id of 30 KB", failing(&format!("x-amzn-RequestId: {}", "i".repeat(30_000))), 6)
            .says(said)
            .never("iiii"),
    ];
    (named("ListAccounts"), rows)
}

pub(super) fn rows() -> Vec<(Call, Vec<Row>)> {
    let tokens = ["CreateToken for a device code", "CreateToken for a code", "CreateToken of refresh"];
    let others = [registration(), device(), role(), assumed(), joined(), headers()];
    tokens.map(token).into_iter().chain(others).collect()
}
