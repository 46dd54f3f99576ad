//! The example, run.

use sso_vectors::example;

#[test]
fn a_command_with_credentials_of_another_program() {
    if std::process::Command::new("curl").arg("--version").output().is_err() {
        sso_vectors::skip("endpoint: the example", "curl is not installed");
        return;
    }
    let path = std::env::var("PATH").expect("there is a PATH");
    let env = [("PATH", path.as_str())];
    let program =
        "printf '%s' '{\"AccessKeyId\": \"ASIAEXAMPLE\", \"SecretAccessKey\": \"s\", \"SessionToken\": \"t\",
        \"Expiration\": \"2099-01-01T00:00:00Z\"}'";
    // A client as small as they come.
    let command = "exec curl -sf -H \"Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN\" \
        \"$AWS_CONTAINER_CREDENTIALS_FULL_URI\"";
    let ended = example("run_with", &[program, "sh", "-c", command], &env, "");
    assert!(ended.ok, "{}", ended.err);
    for part in ["\"AccessKeyId\":\"ASIAEXAMPLE\"", "\"Token\":\"t\"", "2099-01-01T00:00:00Z"] {
        assert!(ended.out.contains(part), "{part} in {}", ended.out);
    }
    let ended = example("run_with", &["echo no JSON", "sh", "-c", command], &env, "");
    assert!(!ended.ok && ended.out.is_empty(), "{}", ended.out);
    assert!(ended.err.contains("ProgramFailed"), "{}", ended.err);
}
