//! The example, run: where there is no bus it says so at once. With one it is `real.rs` that shows the same calls.

use sso_vectors::example;

#[test]
fn secret_store() {
    let nowhere = [("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")];
    let ended = example("secret_store", &["a name"], &nowhere, "");
    let said = "/nonexistent/bus is not there";
    assert!(!ended.ok && (ended.err.contains(said) || !cfg!(target_os = "linux")), "{}", ended.err);
}
