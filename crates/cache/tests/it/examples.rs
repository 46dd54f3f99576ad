//! The example, run.

use sso_vectors::example;

/// The file of the session `corp`, as the AWS CLI names it.
const FILE: &str = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

/// As the AWS CLI writes it, with this end.
fn written(expires_at: &str) -> String {
    format!(
        r#"{{"startUrl": "https://corp.awsapps.com/start", "region": "us-east-1", "accessToken": "canary", "expiresAt": "{expires_at}", "clientId": "cid", "clientSecret": "canary", "registrationExpiresAt": "2199-02-18T22:44:13Z", "refreshToken": "canary"}}"#
    )
}

#[test]
fn read_token() {
    let home = tempfile::tempdir().expect("a home");
    let file = home.path().join(FILE);
    std::fs::create_dir_all(file.parent().expect("a parent")).expect("made");
    for (content, ok, said) in [
        (written("2199-01-02T03:04:05Z"), true, "signed in until 2199-01-02T03:04:05Z"),
        (written("2199-01-02T03:04:05UTC"), true, "signed in until 2199-01-02T03:04:05Z"),
        (written("2001-01-02T03:04:05Z"), false, "ended at 2001-01-02T03:04:05Z; it can be refreshed"),
        (r#"{"startUrl": "https://co"#.to_owned(), false, "not signed in: "),
    ] {
        std::fs::write(&file, &content).expect("written");
        let ended = example("read_token", &[home.path().to_str().expect("a text"), "corp"], &[], "");
        let all = format!("{}{}", ended.out, ended.err);
        assert!(ended.ok == ok && all.contains(said), "{content}\n{all}");
        assert!(!all.contains("canary"), "{all}");
    }
    let ended = example("read_token", &[home.path().to_str().expect("a text"), "other"], &[], "");
    assert!(!ended.ok && ended.err.contains("not signed in: there is no"), "{}", ended.err);
}
