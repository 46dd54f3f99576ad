//! `sso serve` for a second host: Debian's openssh-server on loopback, and botocore behind it.

use crate::harness::{World, on_path, skip};
use crate::serve::{Served, authority};
use serde_json::Value;
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

/// A second host, behind `ssh -R`: botocore is there, an empty home, and nothing of ours.
#[test]
fn over_ssh() {
    let story = "serve: over ssh -R, used by botocore with an empty home";
    let Some(client) = crate::clients::boto3(story) else { return };
    let Some(sshd) = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"]
        .into_iter()
        .find(|path| std::path::Path::new(path).exists())
    else {
        return skip(story, "openssh-server is not installed");
    };
    if !on_path("ssh") || !on_path("ssh-keygen") {
        return skip(story, "ssh is not installed");
    }
    let world = World::corp(story);
    world.sign_in();
    let served = Served::start(&world, &[]);
    let (uri, token) = served.variables();
    let ssh = Ssh::start(&world, sshd);
    let home = world.outside("far-home");
    std::fs::create_dir(&home).expect("a folder");
    // The other end's port is another one, and is what the far side is told.
    let far = free_port();
    let quote = |word: &str| format!("'{}'", word.replace('\'', "'\\''"));
    let words: Vec<String> = client.words.iter().map(|word| quote(word)).collect();
    let sts = world.sim.env().into_iter().find(|(name, _)| name == "AWS_ENDPOINT_URL_STS");
    let (_, sts) = sts.expect("the simulated AWS has an address");
    let remote = format!(
        "env -i PATH=/usr/bin:/bin HOME={} AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_ENDPOINT_URL_STS={sts} \
         AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:{far}/ AWS_CONTAINER_AUTHORIZATION_TOKEN={token} {}",
        quote(&home.display().to_string()),
        words.join(" ")
    );
    let output = ssh.run(&["-R", &format!("{far}:{}", authority(&uri))], &remote);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{}", ssh.log());
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(told["method"], "container-role");
    assert!(told["arn"].as_str().is_some_and(|arn| arn.contains("_Admin_")), "{told}");
    assert_eq!(std::fs::read_dir(&home).expect("a folder").count(), 0, "nothing was left there");
    served.running.says("dev: given");
    served.running.interrupt();
    served.running.finish().exits(130);
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Debian's sshd on loopback: own configuration, keys and port, as the user who runs the test.
struct Ssh {
    folder: std::path::PathBuf,
    port: u16,
    server: std::process::Child,
}

impl Ssh {
    fn start(world: &World, sshd: &str) -> Self {
        let folder = world.outside("ssh");
        std::fs::create_dir(&folder).expect("a folder");
        for name in ["host", "user"] {
            let status = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(folder.join(name))
                .status();
            assert!(status.expect("ssh-keygen runs").success());
        }
        std::fs::copy(folder.join("user.pub"), folder.join("authorized")).expect("a file");
        let port = free_port();
        let at = |name: &str| folder.join(name).display().to_string();
        let config = format!(
            "ListenAddress 127.0.0.1:{port}\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nStrictModes no\nUsePAM no\n\
             PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\nAllowTcpForwarding yes\n",
            at("host"),
            at("authorized")
        );
        std::fs::write(folder.join("config"), config).expect("a file");
        // Started by root it wants a directory to be locked in.
        let _ = std::fs::create_dir_all("/run/sshd");
        let server = Command::new(sshd)
            .args(["-D", "-f", &at("config"), "-E", &at("log")])
            .spawn()
            .expect("sshd starts");
        let started = Instant::now();
        let ssh = Self { folder, port, server };
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "sshd does not listen: {}", ssh.log());
            std::thread::sleep(Duration::from_millis(10));
        }
        ssh
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn run(&self, options: &[&str], remote: &str) -> std::process::Output {
        let key = self.folder.join("user");
        Command::new("ssh")
            .args(["-F", "none", "-p", &self.port.to_string(), "-i"])
            .arg(key)
            .args([
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "UserKnownHostsFile=/dev/null",
                "-o",
                "BatchMode=yes",
            ])
            .args(["-o", "IdentitiesOnly=yes", "-o", "ExitOnForwardFailure=yes", "-o", "LogLevel=ERROR"])
            .args(options)
            .args(["127.0.0.1", remote])
            .output()
            .expect("ssh runs")
    }
}

impl Drop for Ssh {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
