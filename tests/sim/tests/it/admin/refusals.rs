//! What is refused, whoever asks: members, targets, signatures.

use super::{ALICE, DEV, INSTANCE, STORE, TEAM, ask, builder, refusal, world};
use crate::client::send;
use crate::signer::Signer;
use serde_json::{Value, json};

#[test]
fn what_the_operations_refuse() {
    let (sim, signer) = world();
    let admin = sim.permission_set_arn("Admin");
    let instance = |more: Value| {
        let mut body = json!({"InstanceArn": INSTANCE});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        body
    };
    let (invalid, gone, unreadable) =
        ("ValidationException", "ResourceNotFoundException", "SerializationException");
    let set = "ListPermissionSets";
    let (assigned, to_account) = ("ListAccountAssignments", "ListPermissionSetsProvisionedToAccount");
    let no_set = sim.permission_set_arn("NoSuch");
    let no_instance = INSTANCE.replace("0001", "9999");
    let rows = [
        (set, instance(json!({"maxResults": 1})), invalid),
        (set, json!({}), invalid),
        (set, instance(json!({"InstanceArn": ""})), invalid),
        (set, instance(json!({"InstanceArn": admin})), invalid),
        (set, instance(json!({"InstanceArn": no_instance})), gone),
        (set, instance(json!({"InstanceArn": 1})), unreadable),
        (set, instance(json!({"MaxResults": 0})), invalid),
        (set, instance(json!({"MaxResults": 101})), invalid),
        (set, instance(json!({"MaxResults": "10"})), unreadable),
        (set, instance(json!({"MaxResults": 1.5})), unreadable),
        (set, instance(json!({"NextToken": "made-up"})), invalid),
        (set, json!(["InstanceArn"]), unreadable),
        ("DescribePermissionSet", instance(json!({})), invalid),
        ("DescribePermissionSet", instance(json!({"PermissionSetArn": INSTANCE})), invalid),
        ("DescribePermissionSet", instance(json!({"PermissionSetArn": no_set})), gone),
        (assigned, instance(json!({"PermissionSetArn": admin})), invalid),
        (assigned, instance(json!({"PermissionSetArn": admin, "AccountId": "1234"})), invalid),
        (assigned, instance(json!({"PermissionSetArn": admin, "AccountId": "999999999999"})), gone),
        (to_account, instance(json!({"AccountId": DEV, "ProvisioningStatus": "LATEST"})), invalid),
        ("ListAccounts", json!({"MaxResults": 21}), "InvalidInputException"),
        ("ListAccounts", json!({"NextToken": "made-up"}), "InvalidInputException"),
        ("ListAccounts", json!({"ParentId": "r-1"}), "InvalidInputException"),
        ("ListAccounts", json!({"MaxResults": true}), unreadable),
        ("DescribeUser", json!({"IdentityStoreId": STORE, "UserId": TEAM}), gone),
        ("DescribeUser", json!({"IdentityStoreId": STORE}), invalid),
        ("DescribeGroup", json!({"IdentityStoreId": "d-0000000000", "GroupId": TEAM}), gone),
        ("DescribeGroup", json!({"IdentityStoreId": STORE, "GroupId": ALICE}), gone),
        ("CreatePermissionSet", json!({}), "UnknownOperationException"),
    ];
    for (operation, body, code) in rows {
        let reply = signer.json(operation, &body).call(&sim);
        assert_eq!(refusal(&reply), (400, code.into()), "{operation} {body}");
    }
    let good = signer.json("ListInstances", &json!({}));
    for (what, spoiled) in [
        ("content type", Signer { content_type: "application/json", ..good.clone() }),
        ("no JSON", Signer { body: "{".into(), ..good.clone() }),
        ("no body", Signer { body: String::new(), ..good }),
    ] {
        assert_eq!(refusal(&spoiled.call(&sim)), (400, unreadable.into()), "{what}");
    }
    assert_eq!(sim.journal().count("SsoAdminOther"), 1);
}

#[test]
fn a_namespace_has_to_be_cut_off_where_there_is_one() {
    let (sim, signer) = world();
    let rows = [
        ("ListPermissionSets", "com.amazonaws.swbup#ValidationException"),
        ("ListAccounts", "InvalidInputException"),
        ("DescribeUser", "com.amazonaws.identitystore#ValidationException"),
    ];
    for (operation, kind) in rows {
        let reply = signer.json(operation, &json!({"Unknown": 1})).call(&sim);
        assert_eq!(reply.text("__type"), kind, "{operation}");
    }
}

#[test]
fn signatures_are_checked() {
    type Spoil = fn(&mut Signer);
    let mismatch = "InvalidSignatureException";
    let rows: [(&str, Spoil, &str, &str); 10] = [
        ("secret", |it| it.secret.push('x'), mismatch, "does not match"),
        ("body", |it| it.sent = Some("{\"MaxResults\":1}"), mismatch, "does not match"),
        ("region", |it| it.region = "eu-central-1".into(), mismatch, "valid region, not 'eu-central-1'"),
        ("service", |it| it.service = "sts".into(), mismatch, "correct service: '"),
        ("late", |it| it.skew = -310, mismatch, "Signature expired: "),
        ("early", |it| it.skew = 310, mismatch, "Signature not yet current: "),
        ("key", |it| it.key_id = "ASIAUNKNOWN".into(), "UnrecognizedClientException", "token included"),
        ("token", |it| it.session_token = Some("x".into()), "UnrecognizedClientException", "is invalid"),
        ("target", |it| it.signed.retain(|name| name != "x-amz-target"), mismatch, "cover x-amz-target"),
        ("order", |it| it.signed.reverse(), "IncompleteSignatureException", "sorted"),
    ];
    let (sim, good) = world();
    for operation in ["ListInstances", "ListAccounts", "DescribeUser"] {
        let good = good.json(operation, &json!({}));
        for (what, spoil, code, words) in &rows {
            let mut signer = good.clone();
            spoil(&mut signer);
            let reply = signer.call(&sim);
            assert_eq!(refusal(&reply), (400, (*code).into()), "{operation}, {what}: {reply:?}");
            assert!(reply.text("Message").contains(words), "{operation}, {what}: {reply:?}");
        }
        let headers = [
            ("user-agent", "it"),
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", good.target.as_deref().expect("there is one")),
        ];
        let reply = send(sim.address(), "POST", "/", &headers, "{}");
        assert_eq!(refusal(&reply), (400, "MissingAuthenticationTokenException".into()));
    }
    sim.clock().advance(3_600);
    let reply = good.json("ListInstances", &json!({})).call(&sim);
    assert_eq!(refusal(&reply), (400, "ExpiredTokenException".into()));
}

#[test]
fn organizations_answers_in_one_region_of_each_partition() {
    let rows = [
        ("eu-west-1", "us-east-1", "aws"),
        ("cn-north-1", "cn-northwest-1", "aws-cn"),
        ("us-gov-east-1", "us-gov-west-1", "aws-us-gov"),
    ];
    for (region, home, partition) in rows {
        let sim = builder().region(region).start();
        let signer = Signer::for_role(&sim);
        let there = Signer { region: home.into(), ..signer.clone() };
        let body = ask(&sim, &there, "ListAccounts", &json!({}));
        let arn = body["Accounts"][0]["Arn"].as_str().expect("text");
        assert!(arn.starts_with(&format!("arn:{partition}:organizations::")), "{arn}");
        let here = Signer { region: region.into(), ..signer };
        let reply = here.json("ListAccounts", &json!({})).call(&sim);
        assert_eq!(refusal(&reply), (400, "InvalidSignatureException".into()), "{region}");
        let instances = ask(&sim, &here, "ListInstances", &json!({}));
        assert_eq!(instances["Instances"][0]["InstanceArn"], sim.instance_arn());
        assert_eq!(instances["Instances"][0]["PrimaryRegion"], region);
    }
}
