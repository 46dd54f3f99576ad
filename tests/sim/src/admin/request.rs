//! A call of an administrator: its signature, its members, whether the caller may, which page is wanted.
//!
//! Members are read strictly: unknown, missing and mistyped ones are refused.

use super::refusals;
use crate::auth::{self, Scope};
use crate::call::Call;
use crate::credentials::Caller;
use crate::operation::{Operation, Service};
use crate::paging::Wanted;
use crate::reply::Refusal;
use crate::state::Scene;
use crate::{partition, secrets};
use serde_json::{Map, Value};
use std::ops::Range;

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// A call that is authentic.
pub(super) struct Request {
    operation: Operation,
    caller: Caller,
    members: Map<String, Value>,
}

impl Request {
    /// Reads a call; `known` are the members that the operation has.
    pub(super) fn read(
        scene: &Scene<'_>,
        call: &Call,
        operation: Operation,
        known: &[&str],
    ) -> Result<Self, Refusal> {
        let scope = scope(scene, operation.service());
        let caller = auth::authenticate(scene, call, &scope).map_err(refusals::rejected)?.caller;
        if call.media_type() != CONTENT_TYPE || !call.raw_query.is_empty() {
            return Err(refusals::unreadable("A call is application/x-amz-json-1.1, and has no query"));
        }
        let Some(Value::Object(members)) = call.json() else {
            return Err(refusals::unreadable("The body must be a JSON object"));
        };
        let request = Self { operation, caller, members };
        match request.members.keys().find(|name| !known.contains(&name.as_str())) {
            Some(unknown) => Err(request.invalid(&format!("Unknown member: {unknown}"))),
            None => Ok(request),
        }
    }

    /// Refuses a caller who may not do this to `resource`.
    pub(super) fn authorize(&self, scene: &Scene<'_>, resource: &str) -> Result<(), Refusal> {
        let action = self.operation.action().unwrap_or_default();
        if scene.state.access.allows(&self.caller, action) {
            return Ok(());
        }
        Err(refusals::denied(self.operation.service(), &self.caller.arn, action, resource))
    }

    /// A string that must be there and not be empty.
    pub(super) fn text(&self, name: &str) -> Result<&str, Refusal> {
        let text = self.optional_text(name)?.filter(|text| !text.is_empty());
        text.ok_or_else(|| self.invalid(&format!("{name} must be there and not be empty")))
    }

    pub(super) fn optional_text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(refusals::unreadable(&format!("{name} must be a string"))),
        }
    }

    /// The page of `total` items that is asked for by `MaxResults` and `NextToken`, and the token of the next one.
    pub(super) fn page(
        &self,
        scene: &mut Scene<'_>,
        total: usize,
    ) -> Result<(Range<usize>, Option<String>), Refusal> {
        let wanted = Wanted {
            list: self.list(),
            token: self.optional_text("NextToken")?,
            size: self.page_size()?.min(scene.settings.page_size),
        };
        let page = scene.state.page_marks.page(wanted, total, secrets::plain_page_token);
        page.ok_or_else(|| self.invalid("NextToken is not valid"))
    }

    pub(super) fn invalid(&self, message: &str) -> Refusal {
        refusals::invalid(self.operation.service(), message)
    }

    /// Whoever sends a page token sends all other members again.
    fn list(&self) -> String {
        let paging = |name: &str| ["MaxResults", "NextToken"].contains(&name);
        let others = self.members.iter().filter(|(name, _)| !paging(name));
        let others: Vec<String> = others.map(|(name, value)| format!("{name}={value}")).collect();
        format!("{} {}", self.operation.name(), others.join(" "))
    }

    fn page_size(&self) -> Result<usize, Refusal> {
        let most = match self.operation.service() {
            Service::Organizations => 20,
            _ => 100,
        };
        let asked = match self.members.get("MaxResults") {
            None | Some(Value::Null) => return Ok(most),
            Some(Value::Number(asked)) => asked.as_i64(),
            Some(_) => None,
        };
        let asked = asked.ok_or_else(|| refusals::unreadable("MaxResults must be a whole number"))?;
        let fitting = usize::try_from(asked).ok().filter(|size| (1..=most).contains(size));
        fitting.ok_or_else(|| self.invalid(&format!("MaxResults must be 1 to {most}")))
    }
}

/// What the calls of each service are signed for.
fn scope<'a>(scene: &'a Scene<'_>, service: Service) -> Scope<'a> {
    let settings = scene.settings;
    let (service, region) = match service {
        Service::Organizations => ("organizations", partition::home_of_organizations(settings.partition())),
        // SSO Admin shares this name with the portal.
        Service::SsoAdmin => ("sso", settings.region.as_str()),
        other => (other.name(), settings.region.as_str()),
    };
    Scope { service, region }
}
