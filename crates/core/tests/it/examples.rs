//! The example, run.

use sso_vectors::example;

#[test]
fn endpoints() {
    let ended = example("endpoints", &["us-gov-west-1", "--fips"], &[], "");
    let hosts = "\
sso_oidc https://oidc.us-gov-west-1.amazonaws.com/
sso      https://portal.sso.us-gov-west-1.amazonaws.com/
sts      https://sts.us-gov-west-1.amazonaws.com/
";
    assert_eq!((ended.ok, ended.out.as_str()), (true, hosts), "{}", ended.err);
    for wrong in [&["us-east-1.evil.example"][..], &[]] {
        let ended = example("endpoints", wrong, &[], "");
        assert_eq!((ended.ok, ended.out.as_str()), (false, ""), "{wrong:?}");
    }
}
