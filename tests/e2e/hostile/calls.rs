//! The calls that somebody hostile answers, and the commands that make them.

use super::anywhere::Takes;
use crate::harness::{CORP, TOKEN_FILE, World};
use sso_sim::{Principal, TrustedRole};

/// What is there before the command runs. Somebody has signed in, in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The registration that was signed in with, and the token.
    SignedIn,
    /// The token alone.
    Unregistered,
    /// The token has expired.
    Expired,
    /// The role's credentials, too.
    Role,
}

/// One call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) name: &'static str,
    /// What this request has in its head or body, and no other.
    pub(super) mark: &'static str,
    pub(super) args: &'static [&'static str],
    pub(super) state: State,
    /// How the command takes an answer that cannot be.
    pub(super) takes: Takes,
}

const DEVICE: &[&str] = &["login", "--force", "--use-device-code", "--timeout", "8"];
/// Polls that fail go on to its end.
const POLL: &[&str] = &["login", "--force", "--use-device-code", "--timeout", "1"];
const PKCE: &[&str] = &["login", "--force", "--use-pkce", "--no-browser", "--timeout", "20"];
const DEV: &[&str] = &["credential-process", "--profile", "dev"];
const POPULATE: &[&str] = &["configure", "populate"];

const fn call(
    name: &'static str,
    mark: &'static str,
    args: &'static [&'static str],
    state: State,
    takes: Takes,
) -> Call {
    Call { name, mark, args, state, takes }
}

macro_rules! discover {
    ($what:literal) => {
        &["discover", "--profile", "dev", $what]
    };
}

/// Signing in and staying signed in.
pub(super) const OIDC: &[Call] = &[
    call("RegisterClient", "POST /client/register ", DEVICE, State::Unregistered, Takes::Oidc),
    call("StartDeviceAuthorization", "POST /device_authorization ", DEVICE, State::SignedIn, Takes::Oidc),
    call("CreateToken for a device code", "grant-type:device_code", POLL, State::SignedIn, Takes::Poll),
    call("CreateToken for a code", "\"authorization_code\"", PKCE, State::SignedIn, Takes::Once),
    call("CreateToken of refresh", "\"refresh_token\"", &["refresh"], State::Expired, Takes::Renewal),
    call("CreateToken of a helper", "\"refresh_token\"", DEV, State::Expired, Takes::Renewal),
];

/// The portal.
pub(super) const PORTAL: &[Call] = &[
    call("GetRoleCredentials", "GET /federation/credentials", DEV, State::SignedIn, Takes::Portal),
    call("ListAccounts", "GET /assignment/accounts", &["accounts"], State::SignedIn, Takes::Portal),
    call("ListAccounts of populate", "GET /assignment/accounts", POPULATE, State::SignedIn, Takes::Portal),
    call(
        "ListAccountRoles of one account",
        "GET /assignment/roles",
        &["roles", "--account-id", "111122223333"],
        State::SignedIn,
        Takes::Portal,
    ),
    call("ListAccountRoles of all", "GET /assignment/roles", &["roles"], State::SignedIn, Takes::PortalParts),
    call(
        "ListAccountRoles of populate",
        "GET /assignment/roles",
        POPULATE,
        State::SignedIn,
        Takes::PortalParts,
    ),
];

/// What role credentials open.
pub(super) const SIGNED: &[Call] = &[
    call(
        "GetCallerIdentity",
        "Action=GetCallerIdentity",
        &["whoami", "--profile", "dev"],
        State::Role,
        Takes::Sts,
    ),
    call(
        "AssumeRole",
        "Action=AssumeRole",
        &["credential-process", "--profile", "deploy"],
        State::Role,
        Takes::Sts,
    ),
    call(
        "getSigninToken",
        "Action=getSigninToken",
        &["console", "--profile", "dev", "--print"],
        State::Role,
        Takes::Console,
    ),
];

/// What administrators see.
pub(super) const ADMIN: &[Call] = &[
    call("ListInstances", "Service.ListInstances\r", discover!("instances"), State::Role, Takes::Admin),
    call(
        "ListAccounts of Organizations",
        "V20161128.ListAccounts\r",
        discover!("accounts"),
        State::Role,
        Takes::Admin,
    ),
    call(
        "ListPermissionSets",
        ".ListPermissionSets\r",
        discover!("permission-sets"),
        State::Role,
        Takes::Admin,
    ),
    call(
        "DescribePermissionSet",
        ".DescribePermissionSet\r",
        discover!("permission-sets"),
        State::Role,
        Takes::AdminParts,
    ),
    call(
        "ListAccountsForProvisionedPermissionSet",
        ".ListAccountsForProvisionedPermissionSet\r",
        discover!("assignments"),
        State::Role,
        Takes::AdminParts,
    ),
    call(
        "ListAccountAssignments",
        ".ListAccountAssignments\r",
        discover!("assignments"),
        State::Role,
        Takes::AdminParts,
    ),
    call("DescribeUser", ".DescribeUser\r", discover!("assignments"), State::Role, Takes::Courtesy),
];

/// The call of that name.
pub(super) fn named(name: &str) -> Call {
    let all = OIDC.iter().chain(PORTAL).chain(SIGNED).chain(ADMIN);
    *all.clone().find(|call| call.name == name).unwrap_or_else(|| panic!("there is no call {name:?}"))
}

impl Call {
    /// A world in which the call is made by the command.
    pub(super) fn world(&self, story: &str) -> World {
        let sim = World::sim()
            .account("444455556666", "prod", &["ReadOnly"])
            .directory_user("u-1", "ann@example.com")
            .assignment("444455556666", "Admin", Principal::user("u-1"));
        let world = World::with(story, sim);
        let role = "arn:aws:iam::222233334444:role/Deploy";
        world.sim.trust(TrustedRole::new(role).trusts("111122223333"));
        world.config(&format!(
            "{CORP}\n[profile deploy]\nrole_arn = {role}\nsource_profile = dev\nregion = us-east-1\n"
        ));
        // The registrations of the two ways to sign in are not the same.
        if self.args == PKCE {
            world.sign_in();
        } else {
            world.sso(&["login", "--use-device-code"]).run().exits(0);
        }
        match self.state {
            State::SignedIn => {}
            State::Expired => world.token_ends_in(-5),
            State::Role => {
                world.sso(DEV).run().exits(0);
            }
            State::Unregistered => {
                for name in world.names(".aws/sso/cache") {
                    let file = format!(".aws/sso/cache/{name}");
                    if file.ends_with(".json") && file != TOKEN_FILE {
                        std::fs::remove_file(world.home().join(file)).expect("it is there");
                    }
                }
            }
        }
        world.forget_requests();
        world
    }

    /// Whether somebody has to approve in a browser first.
    pub(super) fn needs_a_browser(&self) -> bool {
        self.args == PKCE
    }

    /// Whether the answer may have good parts, or may do without this one.
    pub(super) fn has_parts(&self) -> bool {
        matches!(self.takes, Takes::PortalParts | Takes::AdminParts | Takes::Courtesy)
    }
}
