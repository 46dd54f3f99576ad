//! Every member of every answer, absent and of every wrong type.

use super::anywhere::not_documented;
use super::calls::{Call, named};
use super::row::{Row, json, reply};
use serde_json::{Value, json};

/// What a member has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Member {
    /// A text, without which there is no answer.
    Text,
    /// A text that may be absent.
    TextOrNothing,
    /// A whole number, without which there is no answer.
    Number,
    /// A number that may be absent, and may have a fraction.
    AnyNumberOrNothing,
    /// An object, without which there is no answer.
    Object,
    /// A list that may be absent.
    ListOrNothing,
}

impl Member {
    /// Whether it is read as the right one.
    fn takes(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::TextOrNothing => value.is_string() || value.is_null(),
            Self::Number => value.is_i64(),
            Self::AnyNumberOrNothing => value.is_number() || value.is_null(),
            Self::Object => value.is_object(),
            Self::ListOrNothing => value.is_array() || value.is_null(),
        }
    }

    fn is_needed(self) -> bool {
        matches!(self, Self::Text | Self::Number | Self::Object)
    }
}

use Member::{AnyNumberOrNothing, ListOrNothing, Number, Object, Text, TextOrNothing};

/// The name of a call, a good answer to it, and what the members of that have to be.
type Answer = (&'static str, Value, Vec<(&'static str, Member)>);

fn answers() -> Vec<Answer> {
    let token = || json!({ "accessToken": "CANARY", "expiresIn": 28_800, "refreshToken": "CANARY" });
    let token_members = [("/accessToken", Text), ("/expiresIn", Number), ("/refreshToken", TextOrNothing)];
    let role = json!({ "roleCredentials": {
        "accessKeyId": "CANARY", "secretAccessKey": "CANARY", "sessionToken": "CANARY", "expiration": 1 } });
    let accounts = json!({ "nextToken": null, "accountList": [
        { "accountId": "111122223333", "accountName": "CANARY", "emailAddress": "CANARY" }] });
    vec![
        (
            "RegisterClient",
            json!({ "clientId": "CANARY", "clientSecret": "CANARY", "clientSecretExpiresAt": 1 }),
            vec![("/clientId", Text), ("/clientSecret", Text), ("/clientSecretExpiresAt", Number)],
        ),
        (
            "StartDeviceAuthorization",
            json!({ "deviceCode": "CANARY", "userCode": "CANARY", "verificationUri": "CANARY",
                "verificationUriComplete": "CANARY", "expiresIn": 1, "interval": 1 }),
            vec![
                ("/deviceCode", Text),
                ("/userCode", Text),
                ("/verificationUri", Text),
                ("/verificationUriComplete", TextOrNothing),
            ],
        ),
        ("CreateToken for a device code", token(), token_members.into()),
        ("CreateToken for a code", token(), token_members.into()),
        ("CreateToken of a helper", token(), token_members.into()),
        (
            "GetRoleCredentials",
            role,
            vec![
                ("/roleCredentials", Object),
                ("/roleCredentials/accessKeyId", Text),
                ("/roleCredentials/secretAccessKey", Text),
                ("/roleCredentials/sessionToken", Text),
                ("/roleCredentials/expiration", Number),
            ],
        ),
        (
            "ListAccounts",
            accounts.clone(),
            vec![
                ("/nextToken", TextOrNothing),
                ("/accountList", ListOrNothing),
                ("/accountList/0", Object),
                ("/accountList/0/accountId", Text),
                ("/accountList/0/accountName", TextOrNothing),
                ("/accountList/0/emailAddress", TextOrNothing),
            ],
        ),
        ("ListAccounts of populate", accounts, vec![("/accountList/0/accountId", Text)]),
        (
            "ListAccountRoles of one account",
            json!({ "nextToken": null, "roleList": [{ "roleName": "CANARY", "accountId": "CANARY" }] }),
            vec![
                ("/nextToken", TextOrNothing),
                ("/roleList", ListOrNothing),
                ("/roleList/0", Object),
                ("/roleList/0/roleName", Text),
            ],
        ),
        ("getSigninToken", json!({ "SigninToken": "CANARY" }), vec![("/SigninToken", Text)]),
        (
            "ListInstances",
            json!({ "NextToken": null, "Instances": [{ "InstanceArn": "CANARY", "IdentityStoreId": "CANARY",
                "OwnerAccountId": "CANARY", "Name": "CANARY", "Status": "CANARY", "PrimaryRegion": "CANARY" }] }),
            vec![
                ("/NextToken", TextOrNothing),
                ("/Instances", ListOrNothing),
                ("/Instances/0/InstanceArn", Text),
                ("/Instances/0/IdentityStoreId", Text),
                ("/Instances/0/OwnerAccountId", TextOrNothing),
                ("/Instances/0/Name", TextOrNothing),
                ("/Instances/0/PrimaryRegion", TextOrNothing),
            ],
        ),
        (
            "ListAccounts of Organizations",
            json!({ "Accounts": [{ "Id": "CANARY", "Arn": "CANARY", "Name": "CANARY", "Email": "CANARY",
                "State": "CANARY", "JoinedTimestamp": 1.5 }] }),
            vec![
                ("/Accounts", ListOrNothing),
                ("/Accounts/0/Id", Text),
                ("/Accounts/0/Name", TextOrNothing),
                ("/Accounts/0/State", TextOrNothing),
                ("/Accounts/0/JoinedTimestamp", AnyNumberOrNothing),
            ],
        ),
        (
            "ListPermissionSets",
            json!({ "PermissionSets": ["CANARY"] }),
            vec![("/PermissionSets", ListOrNothing)],
        ),
        (
            "DescribePermissionSet",
            json!({ "PermissionSet": { "PermissionSetArn": "CANARY", "Name": "CANARY", "SessionDuration": "CANARY" } }),
            vec![
                ("/PermissionSet", Object),
                ("/PermissionSet/PermissionSetArn", Text),
                ("/PermissionSet/Name", Text),
                ("/PermissionSet/SessionDuration", TextOrNothing),
            ],
        ),
        (
            "ListAccountAssignments",
            json!({ "AccountAssignments": [{ "AccountId": "CANARY", "PermissionSetArn": "CANARY",
                "PrincipalType": "CANARY", "PrincipalId": "CANARY" }] }),
            vec![
                ("/AccountAssignments", ListOrNothing),
                ("/AccountAssignments/0/AccountId", Text),
                ("/AccountAssignments/0/PrincipalId", Text),
            ],
        ),
        ("DescribeUser", json!({ "UserName": "CANARY" }), vec![("/UserName", TextOrNothing)]),
    ]
}

/// The lists of the administrators' services are told by their own name.
fn list_of(call: &Call) -> Option<&'static str> {
    match call.name {
        "ListInstances" => Some("another Instances than documented"),
        "ListAccounts of Organizations" => Some("another Accounts than documented"),
        "ListPermissionSets" => Some("another PermissionSets than documented"),
        "ListAccountAssignments" => Some("another AccountAssignments than documented"),
        _ => None,
    }
}

/// The member without which there is no answer, as it is named.
fn missing(name: &str) -> &'static str {
    const NAMES: [(&str, &str); 21] = [
        ("clientId", "no clientId"),
        ("clientSecret", "no clientSecret"),
        ("clientSecretExpiresAt", "no clientSecretExpiresAt"),
        ("deviceCode", "no deviceCode"),
        ("userCode", "no userCode"),
        ("verificationUri", "no verificationUri"),
        ("accessToken", "no accessToken"),
        ("expiresIn", "no expiresIn"),
        ("roleCredentials", "no roleCredentials"),
        ("accessKeyId", "no accessKeyId"),
        ("secretAccessKey", "no secretAccessKey"),
        ("sessionToken", "no sessionToken"),
        ("expiration", "no expiration"),
        ("accountId", "no accountId"),
        ("roleName", "no roleName"),
        ("SigninToken", "no SigninToken"),
        ("PermissionSet", "no PermissionSet"),
        ("PermissionSetArn", "no PermissionSetArn"),
        ("Name", "no Name"),
        ("Instances", ""),
        ("Accounts", ""),
    ];
    NAMES.iter().find(|(known, _)| *known == name).map_or("", |(_, said)| said)
}

/// Every member absent, and of every wrong type.
pub(super) fn rows() -> Vec<(Call, Vec<Row>)> {
    let wrong = [json!(null), json!(7), json!(-1.5), json!(true), json!("CANARY"), json!([7]), json!({})];
    let of_call = |(name, good, members): Answer| {
        let call = named(name);
        let mut rows = Vec::new();
        for (pointer, member) in members {
            let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
            for value in wrong.iter().filter(|value| !member.takes(value)) {
                let mut body = good.clone();
                *body.pointer_mut(pointer).expect("it is there") = value.clone();
                let why = list_of(&call).unwrap_or("a field of the wrong type");
                let (code, says) = not_documented(call.takes, why);
                rows.push(Row {
                    says,
                    ..Row::new("D11", format!("{pointer} is {value}"), json(&body), code)
                });
            }
            if member.is_needed() && key.parse::<usize>().is_err() {
                let mut body = good.clone();
                let parent = body.pointer_mut(parent).and_then(Value::as_object_mut).expect("it is there");
                parent.remove(key);
                let (code, says) = not_documented(call.takes, list_of(&call).unwrap_or(missing(key)));
                rows.push(Row { says, ..Row::new("D11", format!("no {pointer}"), json(&body), code) });
            }
        }
        // One member twice: whoever reads the first one and whoever reads the last would not agree.
        if list_of(&call).is_none() {
            let text = good.to_string();
            let twice = format!("{{{},{}", &text[1..text.len() - 1], &text[1..]);
            let (code, says) = not_documented(call.takes, "a field of the wrong type");
            rows.push(Row { says, ..Row::new("D11", "all members twice", reply(200, "x", twice), code) });
        }
        (call, rows)
    };
    answers().into_iter().map(of_call).chain(of_sts()).collect()
}

/// STS answers in XML.
fn of_sts() -> Vec<(Call, Vec<Row>)> {
    let identity = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>CANARY</Arn><UserId>CANARY</UserId>\
                    <Account>CANARY</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    let assumed = "<AssumeRoleResponse><AssumeRoleResult><AssumedRoleUser><Arn>CANARY</Arn><AssumedRoleId>CANARY</AssumedRoleId>\
                   </AssumedRoleUser><Credentials><AccessKeyId>CANARY</AccessKeyId><SecretAccessKey>CANARY</SecretAccessKey>\
                   <SessionToken>CANARY</SessionToken><Expiration>CANARY</Expiration></Credentials></AssumeRoleResult>\
                   </AssumeRoleResponse>";
    const NOT_STS: &str = "something that is not the XML of STS";
    [
        (
            "GetCallerIdentity",
            identity,
            &[("Arn", "no Arn"), ("UserId", "no UserId"), ("Account", "no Account")][..],
        ),
        (
            "AssumeRole",
            assumed,
            &[
                ("AssumedRoleUser", "no AssumedRoleUser"),
                ("AssumedRoleId", "no AssumedRoleId"),
                ("Credentials", "no Credentials"),
                ("AccessKeyId", "no AccessKeyId"),
                ("SecretAccessKey", "no SecretAccessKey"),
                ("SessionToken", "no SessionToken"),
                ("Expiration", "no Expiration"),
            ],
        ),
    ]
    .map(|(name, good, members)| {
        let call = named(name);
        let row = |what: String, body: String, why: &'static str| {
            let (code, says) = not_documented(call.takes, why);
            Row { says, ..Row::new("D11", what, reply(200, "text/xml", body), code) }
        };
        let mut rows = Vec::new();
        for (member, missing) in members {
            let (open, close) = (format!("<{member}>"), format!("</{member}>"));
            let begins = good.find(&open).expect("it is there");
            let ends = good.find(&close).expect("it is there") + close.len();
            let without = format!("{}{}", &good[..begins], &good[ends..]);
            rows.push(row(format!("no {member}"), without, missing));
            let twice = format!("{}{}", &good[..ends], &good[begins..]);
            rows.push(row(format!("{member} twice"), twice, NOT_STS));
            let nested = good.replace(&open, &format!("{open}<a>")).replace(&close, &format!("</a>{close}"));
            let leaf = !["AssumedRoleUser", "Credentials"].contains(member);
            rows.push(row(format!("an element in {member}"), nested, if leaf { NOT_STS } else { "no " }));
        }
        let laughs = "<!DOCTYPE x [<!ENTITY a \"CANARY\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
        rows.push(row("entities".into(), format!("{laughs}{}", good.replace(">CANARY<", ">&b;<")), NOT_STS));
        let file = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>";
        rows.push(row("a file".into(), format!("{file}{}", good.replace(">CANARY<", ">&a;<")), NOT_STS));
        let deep = format!("<a>{}", "<a>".repeat(200_000));
        let inside = good.replacen("</", &format!("{deep}</"), 1);
        rows.push(row("200,000 elements in a member".into(), inside, NOT_STS));
        rows.push(row("another document".into(), "<CANARY/>".into(), NOT_STS));
        (call, rows)
    })
    .into()
}
