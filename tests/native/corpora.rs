//! Every fuzz target over its corpus, so that neither rots where no fuzzer runs.

#[path = "../../fuzz/bodies.rs"]
mod bodies;

fn run(target: &str, body: fn(&[u8])) {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("fuzz/corpus").join(target);
    let files = std::fs::read_dir(&folder);
    let files = files.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut inputs: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    inputs.sort();
    assert!(!inputs.is_empty(), "{target} has no corpus");
    for path in inputs {
        let input = std::fs::read(&path).expect("a file");
        let ran = std::panic::catch_unwind(|| body(&input));
        assert!(ran.is_ok(), "{}", path.display());
    }
}

#[test]
fn options() {
    run("options", bodies::options);
}

#[test]
fn messages() {
    run("messages", bodies::messages);
}

#[test]
fn returns() {
    run("returns", bodies::returns);
}

#[test]
fn records() {
    run("records", bodies::records);
}

#[test]
fn tokens() {
    run("tokens", bodies::tokens_of);
}

#[test]
fn journeys() {
    run("journeys", bodies::journeys);
}
