//! STS `AssumeRole`: who may assume which role, and for how long.

use crate::call::{Call, only};
use crate::clock::format_iso;
use crate::credentials::Caller;
use crate::pages::escape;
use crate::reply::{Refusal, Reply};
use crate::secrets;
use crate::state::Scene;
use crate::sts::{authenticate, refuse, require_form};

/// Credentials of a role cannot be turned into longer ones of another role.
const CHAINED: i64 = 3_600;

/// An IAM role with its trust policy.
#[derive(Clone, Debug)]
pub struct TrustedRole {
    pub(crate) arn: String,
    /// Account ids, and ARNs of roles.
    pub(crate) trusts: Vec<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) max_session: i64,
    pub(crate) lifetime: Option<i64>,
}

impl TrustedRole {
    /// A role that trusts nobody, with sessions of at most an hour.
    pub fn new(arn: &str) -> Self {
        Self { arn: arn.into(), trusts: Vec::new(), external_id: None, max_session: 3_600, lifetime: None }
    }

    /// Lets an account (its id), or one role (its ARN, without a path), assume it.
    pub fn trusts(mut self, principal: &str) -> Self {
        self.trusts.push(principal.into());
        self
    }

    /// Asks for this external id.
    pub fn external_id(mut self, id: &str) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// The longest session, in seconds.
    pub fn max_session(mut self, seconds: i64) -> Self {
        self.max_session = seconds;
        self
    }

    /// How long credentials live, whatever was asked for: the real service gives at least 900 seconds.
    pub fn lifetime(mut self, seconds: i64) -> Self {
        self.lifetime = Some(seconds);
        self
    }

    fn account(&self) -> &str {
        self.arn.split(':').nth(4).unwrap_or_default()
    }

    fn name(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or_default()
    }

    fn lets_in(&self, caller: &Caller, external_id: Option<&str>) -> bool {
        let names = |principal: &String| *principal == caller.account_id || *principal == caller.principal;
        let trusted = self.trusts.iter().any(names);
        trusted && (self.external_id.is_none() || self.external_id.as_deref() == external_id)
    }
}

pub(crate) fn assume_role(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let caller = authenticate(scene, call)?.caller;
    require_form(call)?;
    let form = call.form();
    let (arn, session) = (only(&form, "RoleArn"), only(&form, "RoleSessionName"));
    let (Some(arn), Some(session)) = (arn, session) else {
        return invalid("RoleArn and RoleSessionName must be given exactly once");
    };
    if arn.len() < 20 || !arn.starts_with("arn:") {
        return invalid(&format!("{arn} is invalid"));
    }
    if !(2..=64).contains(&session.len()) || !session.chars().all(is_of_names) {
        return invalid(&format!(
            "1 validation error detected: Value '{session}' at 'roleSessionName' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: [\\w+=,.@-]*"
        ));
    }
    let external_id = only(&form, "ExternalId");
    if external_id.is_some_and(|id| !(2..=1_224).contains(&id.len())) {
        return invalid("Value at 'externalId' failed to satisfy constraint");
    }
    let role = scene.state.trusted_roles.iter().find(|role| role.arn == arn).cloned();
    let Some(role) = role.filter(|role| role.lets_in(&caller, external_id)) else {
        let message =
            format!("User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}", caller.arn);
        return refuse(403, "AccessDenied", &message);
    };
    let seconds = duration(only(&form, "DurationSeconds"), &role, &caller)?;
    Ok(Reply::xml(200, give(scene, &role, session, seconds)))
}

fn duration(asked: Option<&str>, role: &TrustedRole, caller: &Caller) -> Result<i64, Refusal> {
    let Some(asked) = asked else { return Ok(role.lifetime.unwrap_or(CHAINED)) };
    match asked.parse() {
        Ok(seconds) if !(900..=43_200).contains(&seconds) => invalid(&format!(
            "1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to satisfy constraint"
        )),
        Ok(seconds) if seconds > CHAINED && caller.role().is_some() => invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        ),
        Ok(seconds) if seconds > role.max_session => {
            invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
        }
        Ok(seconds) => Ok(role.lifetime.unwrap_or(seconds)),
        Err(_) => invalid("DurationSeconds is not a number"),
    }
}

fn give(scene: &mut Scene<'_>, role: &TrustedRole, session: &str, seconds: i64) -> String {
    let partition = role.arn.split(':').nth(1).unwrap_or_default();
    let caller = Caller::with_role(partition, role.account(), role.name(), session);
    let expires_at = scene.now + seconds;
    let key = scene.state.temporary_key(caller.clone(), expires_at);
    format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <AssumeRoleResult>\n    \
         <AssumedRoleUser>\n      <AssumedRoleId>{}</AssumedRoleId>\n      <Arn>{}</Arn>\n    \
         </AssumedRoleUser>\n    <Credentials>\n      <AccessKeyId>{}</AccessKeyId>\n      \
         <SecretAccessKey>{}</SecretAccessKey>\n      <SessionToken>{}</SessionToken>\n      \
         <Expiration>{}</Expiration>\n    </Credentials>\n  </AssumeRoleResult>\n  <ResponseMetadata>\n    \
         <RequestId>{}</RequestId>\n  </ResponseMetadata>\n</AssumeRoleResponse>\n",
        escape(&caller.user_id),
        escape(&caller.arn),
        key.id,
        escape(&key.secret),
        escape(&key.session_token),
        format_iso(expires_at),
        secrets::request_id()
    )
}

fn is_of_names(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)
}

fn invalid<T>(message: &str) -> Result<T, Refusal> {
    refuse(400, "ValidationError", message)
}
