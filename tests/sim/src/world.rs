//! The world: takes a request, finds who answers it, lets faults strike, writes the journal.

use crate::builder::Settings;
use crate::call::Call;
use crate::clock::SimClock;
use crate::faults::FaultBook;
use crate::journal::Recorder;
use crate::operation::Operation;
use crate::reply::{Refusal, Reply};
use crate::state::{Scene, State};
use crate::{admin, assume, oidc, portal, secrets, signin, sts};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What becomes of a request.
#[derive(Debug)]
pub(crate) enum Outcome {
    Answer {
        reply: Reply,
        delay: Duration,
    },
    /// The connection closes without a reply.
    Drop,
}

#[derive(Debug)]
pub(crate) struct World {
    pub settings: Settings,
    pub clock: SimClock,
    pub base_url: String,
    pub state: Mutex<State>,
    pub faults: Mutex<FaultBook>,
    pub journal: Mutex<Recorder>,
}

impl World {
    pub(crate) fn handle(&self, call: &Call) -> Outcome {
        let operation = Operation::of(call);
        let strike = lock(&self.faults).strike(operation, call);
        let Some(strike) = strike else {
            let reply = self.process(operation, call);
            return self.send(operation, call, reply, false, Duration::ZERO);
        };
        let made = strike.lets_through().then(|| self.process(operation, call));
        if strike.drop_connection {
            let mut lost = Reply::new(0, "", "");
            lost.error = Some("ConnectionDropped".into());
            lock(&self.journal).record(operation, call, &lost, true);
            return Outcome::Drop;
        }
        let reply = strike.apply(operation, made);
        self.send(operation, call, reply, true, strike.delay)
    }

    /// Stamps the reply as the service does, and notes it.
    fn send(&self, operation: Operation, call: &Call, reply: Reply, fault: bool, delay: Duration) -> Outcome {
        lock(&self.journal).record(operation, call, &reply, fault);
        let reply = reply
            .with_header("date", &self.clock.http_date())
            .with_header("x-amzn-RequestId", &secrets::request_id());
        let delay = delay + self.settings.latency;
        Outcome::Answer { reply, delay }
    }

    fn process(&self, operation: Operation, call: &Call) -> Reply {
        let answer = self.act(|scene| {
            scene.state.limits.admit(operation.service(), Instant::now())?;
            require_user_agent(call)?;
            answer(scene, operation, call)
        });
        answer.unwrap_or_else(|refusal| refusal.into_reply(operation.service()))
    }

    /// Does something to the state, at this instant.
    pub(crate) fn act<T>(&self, act: impl FnOnce(&mut Scene<'_>) -> T) -> T {
        let mut state = lock(&self.state);
        act(&mut Scene {
            settings: &self.settings,
            state: &mut state,
            now: self.clock.now(),
            base_url: &self.base_url,
        })
    }
}

fn answer(scene: &mut Scene<'_>, operation: Operation, call: &Call) -> Result<Reply, Refusal> {
    match operation {
        Operation::RegisterClient => oidc::register::register_client(scene, call),
        Operation::StartDeviceAuthorization => oidc::device::start_device_authorization(scene, call),
        Operation::CreateToken => oidc::token::create_token(scene, call),
        Operation::Authorize => oidc::authorize::authorize(scene, call),
        Operation::AuthorizeDecision => oidc::authorize::decide(scene, call),
        Operation::DevicePage => oidc::device::page(scene, call),
        Operation::DeviceDecision => oidc::device::decide(scene, call),
        Operation::ListAccounts => portal::list_accounts(scene, call),
        Operation::ListAccountRoles => portal::list_account_roles(scene, call),
        Operation::GetRoleCredentials => portal::get_role_credentials(scene, call),
        Operation::Logout => portal::logout(scene, call),
        Operation::GetCallerIdentity => sts::get_caller_identity(scene, call),
        Operation::AssumeRole => assume::assume_role(scene, call),
        Operation::StsOther => sts::other(scene, call),
        Operation::GetSigninToken => signin::get_signin_token(scene, call),
        Operation::ConsoleLogin => signin::login(scene, call),
        Operation::Console => signin::console(scene, call),
        Operation::ListInstances => admin::sso_admin::list_instances(scene, call),
        Operation::ListPermissionSets => admin::sso_admin::list_permission_sets(scene, call),
        Operation::DescribePermissionSet => admin::sso_admin::describe_permission_set(scene, call),
        Operation::ListAccountAssignments => admin::sso_admin::list_account_assignments(scene, call),
        Operation::ListAccountsForProvisionedPermissionSet => {
            admin::sso_admin::list_accounts_for_provisioned_permission_set(scene, call)
        }
        Operation::ListPermissionSetsProvisionedToAccount => {
            admin::sso_admin::list_permission_sets_provisioned_to_account(scene, call)
        }
        Operation::OrganizationsListAccounts => admin::organizations::list_accounts(scene, call),
        Operation::DescribeUser => admin::identity_store::describe_user(scene, call),
        Operation::DescribeGroup => admin::identity_store::describe_group(scene, call),
        Operation::SsoAdminOther | Operation::OrganizationsOther | Operation::IdentityStoreOther => {
            admin::unknown_operation()
        }
        Operation::Unknown => {
            Err(Refusal::new(404, "UnknownOperationException", "not_found", "There is no such operation"))
        }
    }
}

/// AWS refuses nobody for this, but a client without a User-Agent is a bug in the client.
fn require_user_agent(call: &Call) -> Result<(), Refusal> {
    match call.header("user-agent") {
        Some(agent) if !agent.trim().is_empty() => Ok(()),
        _ => Err(Refusal::invalid_request("User-Agent must not be empty")),
    }
}

/// A panic in one handler must not take the rest of the test with it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
