//! C01 to C20: the AWS config and credentials files.

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
    Check::disk(Code::C02, absent::no_profile),
    Check::disk(Code::C03, headers::no_prefix),
    Check::disk(Code::C04, sessions::no_session),
    Check::disk(Code::C05, session_keys::missing),
    Check::disk(Code::C06, roles::missing),
    Check::disk(Code::C07, sessions::contradictions),
    Check::disk(Code::C08, form::twice),
    Check::disk(Code::C09, form::unreadable),
    Check::disk(Code::C10, form::encoding),
    Check::disk(Code::C11, start_urls::unusable),
    Check::disk(Code::C12, sessions::legacy),
    Check::disk(Code::C13, session_keys::scopes),
    Check::disk(Code::C14, regions::unknown),
    Check::disk(Code::C15, form::two_defaults),
    Check::disk(Code::C16, sources::static_keys),
    Check::disk(Code::C17, sources::helpers),
    Check::disk(Code::C18, sources::chains),
    Check::disk(Code::C19, roles::account_ids),
    Check::disk(Code::C20, roles::role_names),
];
