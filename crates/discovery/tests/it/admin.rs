//! The administrators' services of the simulated AWS, which verifies every signature with code of its own.

use crate::simulated::{client, now, take_role, world};
use sso_core::{
    AccountId, Clock, EndpointUrl, FixedClock, Region, RoleCredentials, SecretAccessKey, Timestamp,
};
use sso_discovery::{
    AdminError, IdentityStore, Named, Operation, Organizations, Signer, SsoAdmin, assignments,
    describe_permission_sets,
};
use sso_http::Missing;
use sso_sim::{Fault, Principal, Sim, SimBuilder};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The clients of one world.
struct Desk {
    signer: Signer,
    admin: SsoAdmin,
    organizations: Organizations,
    store: IdentityStore,
}

impl Desk {
    fn new(sim: &Sim, keys: RoleCredentials, clock: impl Clock + 'static, region: &str) -> Self {
        let signer = Signer::new(client(clock), keys);
        let endpoint = || EndpointUrl::parse(sim.url()).expect("an endpoint");
        let region = Region::parse(region).expect("a region");
        Self {
            admin: SsoAdmin::new(&signer, endpoint(), &region),
            organizations: Organizations::new(&signer, endpoint(), &region),
            store: IdentityStore::new(&signer, endpoint(), &region),
            signer,
        }
    }

    async fn of(sim: &Sim) -> Self {
        Self::new(sim, take_role(sim).await, FixedClock(now(sim)), sim.region())
    }
}

fn busy_world() -> SimBuilder {
    world()
        .permission_set("Billing", Some("invoices"), "PT8H")
        .directory_group("g-1", "Admins")
        .directory_user("u-1", "ann@example.com")
        .assignment("444455556666", "Admin", Principal::group("g-1"))
        .assignment("444455556666", "Billing", Principal::user("u-1"))
}

#[tokio::test]
async fn everything_is_read() {
    for region in ["us-east-1", "eu-west-1"] {
        let sim = busy_world().region(region).start();
        let desk = Desk::of(&sim).await;
        let instances = desk.admin.list_instances().await.expect("signed");
        let instance = instances.first().expect("one");
        assert_eq!(
            (instance.arn.clone(), instance.identity_store_id.clone()),
            (sim.instance_arn(), sim.identity_store_id())
        );
        assert_eq!(instance.primary_region.as_deref(), Some(region));
        let (sets, unread) =
            describe_permission_sets(&desk.admin, &instance.arn, |_, _| ()).await.expect("signed");
        let mut names: Vec<_> =
            sets.iter().map(|set| (set.name.as_str(), set.session_duration.as_deref())).collect();
        names.sort_unstable();
        assert_eq!((names, unread.len()), (vec![("Admin", Some("PT1H")), ("Billing", Some("PT8H"))], 0));
        // Organizations is signed for a region of its own.
        let accounts = desk.organizations.list_accounts().await.expect("signed");
        let mut ids: Vec<&str> = accounts.iter().map(|account| account.id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["111122223333", "444455556666"]);
        assert!(
            accounts.iter().all(|account| account.state() == Some("ACTIVE") && account.joined_at().is_some())
        );
        let arns: Vec<String> = sets.iter().map(|set| set.arn.clone()).collect();
        let mut told = (0, 0);
        let found =
            assignments(&desk.admin, &instance.arn, &arns, None, |done, total| told = (done, total)).await;
        let found = found.expect("signed");
        assert_eq!((found.assignments.len(), found.unread.len(), told), (3, 0, (3, 3)));
        let one = AccountId::new("444455556666");
        let here =
            assignments(&desk.admin, &instance.arn, &arns, Some(&one), |_, _| ()).await.expect("signed");
        assert_eq!(here.assignments.len(), 2);
        let user = desk.store.describe_user(&instance.identity_store_id, "u-1").await.expect("signed");
        assert_eq!(user.as_ref().and_then(Named::name), Some("ann@example.com"));
        let group = desk.store.describe_group(&instance.identity_store_id, "g-1").await.expect("signed");
        assert_eq!(group.as_ref().and_then(Named::name), Some("Admins"));
        assert_eq!(desk.store.describe_user(&instance.identity_store_id, "u-2").await.expect("signed"), None);
        assert_eq!(desk.signer.clock_offset(), None);
        // Nothing was asked for but what is in the list.
        let known: Vec<&str> = Operation::ALL.iter().map(|operation| operation.name()).collect();
        let admin = sim.journal();
        let admin =
            admin.entries().iter().filter(|entry| !["sso", "sso-oidc", "browser"].contains(&entry.service));
        for entry in admin {
            assert!(
                known.contains(&entry.operation.trim_start_matches("Organizations")),
                "{}",
                entry.operation
            );
        }
    }
}

#[tokio::test]
async fn what_is_refused_says_why_and_shows_no_secret() {
    let sim = busy_world().role_lifetime(3_600).start();
    let keys = take_role(&sim).await;
    let wrong = RoleCredentials {
        secret_access_key: SecretAccessKey::new("not-the-key-of-anybody".to_owned()),
        ..keys.clone()
    };
    let unknown = RoleCredentials { access_key_id: "ASIAUNKNOWN".to_owned(), ..keys.clone() };
    for (what, keys, region, expected) in [
        ("the secret", wrong, "us-east-1", "InvalidSignatureException"),
        ("the key", unknown, "us-east-1", "UnrecognizedClientException"),
        ("the region", keys.clone(), "eu-west-1", "InvalidSignatureException"),
    ] {
        let desk = Desk::new(&sim, keys, FixedClock(now(&sim)), region);
        let before = sim.journal().count("ListInstances");
        let error = desk.admin.list_instances().await.expect_err(what);
        let AdminError::Service { code, .. } = &error else { panic!("{what}: {error:?}") };
        assert_eq!((code.as_str(), desk.signer.clock_offset()), (expected, None), "{what}");
        assert_eq!(sim.journal().count("ListInstances"), before + 1, "{what} is not asked for twice");
        let shown = format!("{error} {error:?} {desk:?}", desk = desk.signer);
        assert!(sim.canaries().iter().all(|canary| !shown.contains(canary.as_str())), "{shown}");
    }
    sim.deny("sso:ListInstances");
    let desk = Desk::new(&sim, keys.clone(), FixedClock(now(&sim)), "us-east-1");
    let error = desk.admin.list_instances().await.expect_err("denied");
    let AdminError::Denied { operation, denied } = &error else { panic!("{error:?}") };
    assert_eq!((*operation, denied.action.as_deref()), (Operation::ListInstances, Some("sso:ListInstances")));
    assert!(
        denied.caller.as_deref().is_some_and(|caller| caller.ends_with("/user@example.com"))
            && error.ends_all()
    );
    sim.allow_all();
    sim.clock().advance(4_000);
    let desk = Desk::new(&sim, keys, FixedClock(now(&sim)), "us-east-1");
    assert!(matches!(desk.admin.list_instances().await, Err(AdminError::Expired { .. })));
    // New ones are used from then on.
    desk.signer.renew(take_role(&sim).await);
    assert_eq!(desk.admin.list_instances().await.expect("renewed").len(), 1);
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_once_for_all_services() {
    let sim = busy_world().start();
    let keys = take_role(&sim).await;
    let slow = Timestamp::from_second(sim.clock().now() - 900).expect("an instant");
    let desk = Desk::new(&sim, keys, FixedClock(slow), "us-east-1");
    desk.admin.list_instances().await.expect("corrected");
    desk.organizations.list_accounts().await.expect("corrected");
    desk.admin.list_permission_sets(&sim.instance_arn()).await.expect("corrected");
    let refused = sim.journal().entries().iter().filter(|entry| entry.status == 400).count();
    let offset = desk.signer.clock_offset().map(|offset| offset.as_secs());
    assert!(
        refused == 1 && offset.is_some_and(|offset| (899..=902).contains(&offset)),
        "{refused} {offset:?}"
    );
}

/// A clock that goes: each look at it is a second later, and somebody may put it right.
#[derive(Clone, Default)]
struct Going(Arc<AtomicI64>);

impl Clock for Going {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.fetch_add(1, Ordering::SeqCst)).expect("an instant")
    }
}

#[tokio::test]
async fn a_wrong_clock_that_is_corrected_is_not_the_fault_any_more() {
    let sim = busy_world().start();
    let wrong = RoleCredentials {
        secret_access_key: SecretAccessKey::new("not-the-key-of-anybody".to_owned()),
        ..take_role(&sim).await
    };
    let clock = Going::default();
    clock.0.store(sim.clock().now() - 900, Ordering::SeqCst);
    let desk = Desk::new(&sim, wrong, clock, "us-east-1");
    for requests in [2, 3] {
        desk.admin.list_instances().await.expect_err("the wrong secret");
        assert_eq!(sim.journal().count("ListInstances"), requests);
    }
}

#[tokio::test]
async fn a_clock_that_is_put_right_is_believed_again() {
    let sim = busy_world().start();
    let clock = Going::default();
    let desk = Desk::new(&sim, take_role(&sim).await, clock.clone(), "us-east-1");
    for (slow, requests) in [(900, 2), (900, 3), (0, 5), (0, 6)] {
        clock.0.store(sim.clock().now() - slow, Ordering::SeqCst);
        desk.admin.list_instances().await.expect("corrected");
        assert_eq!(sim.journal().count("ListInstances"), requests, "{slow}");
    }
}

#[tokio::test]
async fn throttling_is_waited_for_and_a_page_is_not_read_twice() {
    let sim = (0..250).fold(busy_world(), |sim, n| sim.permission_set(&format!("Set{n:03}"), None, "PT1H"));
    let sim = sim
        .fault(Fault::on("ListPermissionSets").nth(2..=4).error("ThrottlingException", "").status(400))
        .start();
    let desk = Desk::of(&sim).await;
    let sets = desk.admin.list_permission_sets(&sim.instance_arn()).await.expect("in the end");
    assert_eq!((sets.len(), sim.journal().count("ListPermissionSets")), (252, 3 + 3));
    // Each try is signed anew.
    let journal = sim.journal();
    let signed: Vec<&str> = journal
        .of("ListPermissionSets")
        .iter()
        .map(|entry| entry.headers["authorization"].as_str())
        .collect();
    assert!(signed.iter().all(|header| header.contains("/us-east-1/sso/aws4_request")), "{signed:?}");
}

#[tokio::test]
async fn a_part_that_fails_is_part_of_the_answer() {
    let sim = busy_world().start();
    let billing = sim.permission_set_arn("Billing");
    let fails = |operation: &str| {
        Fault::on(operation).containing(&billing).error("InternalServerException", "").status(400)
    };
    sim.fault(fails("ListAccountsForProvisionedPermissionSet"));
    let desk = Desk::of(&sim).await;
    let arns = [sim.permission_set_arn("Admin"), billing.clone()];
    let found = assignments(&desk.admin, &sim.instance_arn(), &arns, None, |_, _| ()).await.expect("partial");
    assert_eq!(found.assignments.len(), 2);
    let [unread] = found.unread.as_slice() else { panic!("{:?}", found.unread) };
    assert_eq!((&unread.account, &unread.permission_set_arn), (&None, &billing));
    assert!(matches!(&unread.error, Missing::Failed(AdminError::Service { .. })), "{unread:?}");
    sim.clear_faults();
    sim.fault(fails("ListAccountAssignments"));
    let found = assignments(&desk.admin, &sim.instance_arn(), &arns, None, |_, _| ()).await.expect("partial");
    assert_eq!(found.unread[0].account.as_ref().map(|account| account.as_str()), Some("444455556666"));
}

#[tokio::test]
async fn what_is_no_answer_is_named_without_its_content() {
    let sim = busy_world().start();
    let desk = Desk::of(&sim).await;
    for (body, kind, said) in [
        ("<html>CANARY", "text/html", "HTML instead of JSON"),
        (r#"{"Instances":"CANARY"}"#, "application/x-amz-json-1.1", "another Instances than documented"),
        (
            r#"{"Instances":[{"InstanceArn":1}]}"#,
            "application/x-amz-json-1.1",
            "another Instances than documented",
        ),
        (
            r#"{"Instances":[],"NextToken":7}"#,
            "application/x-amz-json-1.1",
            "another Instances than documented",
        ),
        (r#"["CANARY"]"#, "application/x-amz-json-1.1", "a field of the wrong type"),
        (r#"{"Instances":[]} CANARY"#, "application/x-amz-json-1.1", "something that is not JSON"),
        ("", "text/plain", "an empty body"),
    ] {
        sim.clear_faults();
        sim.fault(Fault::on("ListInstances").body(body, kind));
        let error = desk.admin.list_instances().await.expect_err(body).to_string();
        assert!(error.contains(said) && !error.contains("CANARY"), "{body}: {error}");
    }
    // Null counts as absent, and a list without end is not believed.
    sim.clear_faults();
    sim.fault(
        Fault::on("ListInstances")
            .body(r#"{"Instances":null,"NextToken":null}"#, "application/x-amz-json-1.1"),
    );
    assert_eq!(desk.admin.list_instances().await.expect("none"), []);
    sim.clear_faults();
    sim.fault(
        Fault::on("ListInstances")
            .body(r#"{"Instances":[],"NextToken":"again"}"#, "application/x-amz-json-1.1"),
    );
    let error = desk.admin.list_instances().await.expect_err("endless").to_string();
    assert!(error.contains("a list without end"), "{error}");
    // Nor may it fill the memory.
    sim.clear_faults();
    let many = vec![r#"{"InstanceArn":"","IdentityStoreId":""}"#; 10_001].join(",");
    let page = format!(r#"{{"Instances":[{many}],"NextToken":"again"}}"#);
    sim.fault(Fault::on("ListInstances").body(page, "application/x-amz-json-1.1"));
    sim.clear_journal();
    let error = desk.admin.list_instances().await.expect_err("endless").to_string();
    assert!(error.contains("a list without end"), "{error}");
    assert_eq!(sim.journal().count("ListInstances"), 2);
}
