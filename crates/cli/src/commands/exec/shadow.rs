//! Whether `[default]` stands before the endpoint: SDKs look there first, and what they find there they use, or fail with.

use sso_config::{ConfigSet, Origin};
use sso_core::ProfileName;

/// The keys that make the AWS CLI or one of the SDKs take credentials from a profile, or give up over it. Not every tool
/// minds every key (`sso_session` alone stops the SDK for JavaScript, but not botocore); one that does is enough.
const KEYS: [&str; 13] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "sso_session",
    "sso_account_id",
    "sso_role_name",
    "sso_start_url",
    "sso_region",
    "role_arn",
    "source_profile",
    "credential_source",
    "web_identity_token_file",
    "credential_process",
    "login_session",
];

/// What stands before the endpoint.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shadow {
    pub(super) key: &'static str,
    pub(super) origin: Origin,
}

/// The first such key of `[default]`, in either file.
pub(super) fn find(set: &ConfigSet) -> Option<Shadow> {
    let section = set.profile(&ProfileName::new("default"))?;
    KEYS.iter().find_map(|key| Some(Shadow { key, origin: section.get(key)?.origin }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sso_config::Env;

    #[test]
    fn which_default_profiles_stand_before_the_endpoint() {
        let folder = tempfile::tempdir().expect("a temp directory");
        let aws = folder.path().join(".aws");
        std::fs::create_dir(&aws).expect("a folder");
        let env = Env::new([("HOME".into(), folder.path().into())], None);
        for (config, credentials, found) in [
            ("", "", None),
            ("[default]\nregion = us-east-1\noutput = json\n", "", None),
            ("[profile dev]\naws_access_key_id = A\n", "[dev]\naws_access_key_id = A\n", None),
            (
                "",
                "[default]\naws_access_key_id = A\naws_secret_access_key = B\n",
                Some("aws_access_key_id:2"),
            ),
            ("[default]\naws_access_key_id = A\n", "", Some("aws_access_key_id:2")),
            ("[profile default]\nsso_session = corp\n", "", Some("sso_session:2")),
            ("[default]\nsso_account_id = 1\nsso_session = corp\n", "", Some("sso_session:3")),
            ("[default]\nregion = x\ncredential_process = p\n", "", Some("credential_process:3")),
            ("[default]\nrole_arn = r\nsource_profile = p\n", "", Some("role_arn:2")),
            ("[default]\nweb_identity_token_file = f\n", "", Some("web_identity_token_file:2")),
            ("[default]\nlogin_session = x\n", "", Some("login_session:2")),
        ] {
            for (name, text) in [("config", config), ("credentials", credentials)] {
                let mut file = std::fs::File::create(aws.join(name)).expect("a file");
                std::io::Write::write_all(&mut file, text.as_bytes()).expect("a file");
            }
            let set = ConfigSet::load(&env).expect("it is read");
            let line =
                |shadow: Shadow| format!("{}:{}", shadow.key, shadow.origin.place().expect("a file").line);
            assert_eq!(find(&set).map(line).as_deref(), found, "{config}{credentials}");
        }
    }
}
