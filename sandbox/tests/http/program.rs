//! The program itself: what it does with its environment, and what it says on stderr.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// A sandbox that runs, ended when it is dropped.
struct Program(Child);

impl Program {
    fn start(args: &[&str], environment: &[(&str, &str)]) -> (Self, Value) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sandbox"))
            .args(["--provider-port", "0", "--log", "off"])
            .args(args)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        (Self(child), serde_json::from_str(&line).expect("JSON"))
    }

    /// Ends it and answers what it said on stderr.
    fn stderr(mut self) -> String {
        self.0.kill().expect("it can be ended");
        let mut text = String::new();
        let mut stderr = self.0.stderr.take().expect("its stderr");
        stderr.read_to_string(&mut text).expect("text");
        text
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn its_own_calls_go_past_every_proxy() {
    let nowhere = "http://127.0.0.1:9";
    let proxies =
        ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"].map(|name| (name, nowhere));
    let (_program, ready) = Program::start(&["--app-port", "0"], &proxies);
    let url = format!(
        "{}/api/alter/session",
        ready["app"].as_str().expect("a URL")
    );
    let http = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let answer = http
        .post(url)
        .json(&json!({}))
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);
}

#[test]
fn another_program_on_the_other_localhost_is_told() {
    let Ok(other) = TcpListener::bind("[::1]:0") else {
        eprintln!("left out: this machine has no IPv6");
        return;
    };
    let port = other.local_addr().expect("its address").port().to_string();
    let (program, ready) = Program::start(&["--app-port", &port], &[]);
    assert_eq!(ready["ready"], true);
    let said = program.stderr();
    assert!(
        said.contains(&format!("[::1]:{port} cannot be used")),
        "{said}"
    );
}

#[test]
fn nothing_is_said_where_nothing_is_wrong() {
    let (program, _) = Program::start(&["--app-port", "0"], &[]);
    assert_eq!(program.stderr(), "");
}
