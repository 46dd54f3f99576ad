//! The example, run.

use sso_vectors::example;

const CONFIG: &str = "\
[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
aws_secret_access_key = hush

[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
";

#[test]
fn explain_profile() {
    let home = tempfile::tempdir().expect("a home");
    let file = home.path().join("config");
    sso_fs::replace(&file, CONFIG.as_bytes(), None).expect("written");
    let (home, file) = (home.path().to_str().expect("a text"), file.to_str().expect("a text"));
    let env = [("HOME", home), ("AWS_CONFIG_FILE", file), ("AWS_PROFILE", "dev")];
    let expected = format!(
        "\
sso_session = \"corp\"  ({file}:2)
sso_account_id = \"111122223333\"  ({file}:3)
sso_role_name = \"Admin\"  ({file}:4)
aws_secret_access_key is secret  ({file}:5)
sso_start_url = \"https://corp.awsapps.com/start\"  ({file}:8)
sso_region = \"eu-west-1\"  ({file}:9)
role \"Admin\" of 111122223333, by https://corp.awsapps.com/start in eu-west-1
"
    );
    let ended = example("explain_profile", &[], &env, "");
    assert_eq!((ended.ok, ended.out), (true, expected), "{}", ended.err);
    let ended = example("explain_profile", &["def"], &env, "");
    assert!(!ended.ok && ended.err.contains("def"), "{}", ended.err);
}
