//! C01 to C21: the AWS config and credentials files.

mod absent;
mod form;
mod headers;
mod hit;
mod regions;
mod roles;
mod session_keys;
mod sessions;
mod sources;
mod start_urls;

use crate::catalogue::Code;
use crate::doctor::engine::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::disk(Code::C01, absent::no_settings),
    Check::config(Code::C02, absent::no_profile),
    Check::config(Code::C03, headers::no_prefix),
    Check::config(Code::C04, sessions::no_session),
    Check::config(Code::C05, session_keys::missing),
    Check::config(Code::C06, roles::missing),
    Check::config(Code::C07, sessions::contradictions),
    Check::config(Code::C08, form::twice),
    Check::disk(Code::C09, form::unreadable),
    Check::disk(Code::C10, form::encoding),
    Check::config(Code::C11, start_urls::unusable),
    Check::config(Code::C12, sessions::legacy),
    Check::config(Code::C13, session_keys::scopes),
    Check::config(Code::C14, regions::unknown),
    Check::config(Code::C15, form::two_defaults),
    Check::config(Code::C16, sources::static_keys),
    Check::config(Code::C17, sources::helpers),
    Check::config(Code::C18, sources::chains),
    Check::config(Code::C19, roles::account_ids),
    Check::config(Code::C20, roles::role_names),
    Check::config(Code::C21, sources::assumed),
];
