//! STS: `GetCallerIdentity`, and what all its calls have in common.

use crate::auth::{self, Rejected, Scope};
use crate::call::{Call, only};
use crate::credentials::{Caller, Credentials};
use crate::pages::escape;
use crate::reply::{Refusal, Reply};
use crate::secrets;
use crate::state::Scene;

pub(crate) fn get_caller_identity(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let credentials = authenticate(scene, call)?;
    require_form(call)?;
    Ok(Reply::xml(200, identity(&credentials.caller)))
}

pub(crate) fn require_form(call: &Call) -> Result<(), Refusal> {
    if call.media_type() != "application/x-www-form-urlencoded" {
        return refuse(400, "InvalidParameterValue", "The body must be a form");
    }
    if only(&call.form(), "Version") != Some("2011-06-15") {
        return refuse(400, "NoSuchVersion", "The requested version is not valid");
    }
    Ok(())
}

/// Any other action: authenticated first, as in the real service.
pub(crate) fn other(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    authenticate(scene, call)?;
    refuse(400, "InvalidAction", "Could not find operation")
}

pub(crate) fn authenticate(scene: &Scene<'_>, call: &Call) -> Result<Credentials, Refusal> {
    let settings = scene.settings;
    let region = settings.sts_region.as_ref().unwrap_or(&settings.region);
    auth::authenticate(scene, call, &Scope { service: "sts", region }).map_err(worded)
}

fn worded(rejected: Rejected) -> Refusal {
    let (status, code, message) = match rejected {
        Rejected::Missing => {
            (403, "MissingAuthenticationToken", "Request is missing Authentication Token".into())
        }
        Rejected::Incomplete(message) => (400, "IncompleteSignature", message),
        Rejected::Mismatch(message) => (403, "SignatureDoesNotMatch", message),
        Rejected::UnknownKey => {
            (403, "InvalidClientTokenId", "The security token included in the request is invalid.".into())
        }
        Rejected::Expired => {
            (403, "ExpiredToken", "The security token included in the request is expired".into())
        }
    };
    Refusal::new(status, code, "", message)
}

fn identity(caller: &Caller) -> String {
    format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  \
         <GetCallerIdentityResult>\n    <Arn>{}</Arn>\n    <UserId>{}</UserId>\n    \
         <Account>{}</Account>\n  </GetCallerIdentityResult>\n  <ResponseMetadata>\n    \
         <RequestId>{}</RequestId>\n  </ResponseMetadata>\n</GetCallerIdentityResponse>\n",
        escape(&caller.arn),
        escape(&caller.user_id),
        caller.account_id,
        secrets::request_id()
    )
}

pub(crate) fn refuse<T>(status: u16, code: &str, message: &str) -> Result<T, Refusal> {
    Err(Refusal::new(status, code, "", message))
}
