//! What the docs for those who work on this say of the files, and whether it is so.

use crate::contract::{root, source};
use std::path::Path;

/// Where a file may be that the docs name without its room.
const ROOMS: [&str; 8] = [
    "",
    "src",
    "src/browser",
    "src/protocol",
    "pkg-template",
    "tests",
    "tests/native",
    "www",
];

/// The files that a text speaks of, between backticks or as the target of a link.
fn files_in(text: &str) -> Vec<&str> {
    let spans = text.split('`').skip(1).step_by(2);
    let targets = text.split("](").skip(1);
    let targets = targets.filter_map(|rest| rest.split([')', '#']).next());
    let is_file = |path: &&str| {
        let path = Path::new(path);
        let kind = path.extension().and_then(|kind| kind.to_str());
        let is_one =
            path.components().count() > 1 && !path.to_string_lossy().contains([' ', '*', ':']);
        is_one && ["rs", "js", "mjs", "json", "html", "md"].contains(&kind.unwrap_or_default())
    };
    spans.chain(targets).filter(is_file).collect()
}

#[test]
fn the_files_that_the_docs_speak_of_are_there() {
    for doc in [
        "README.md",
        "ARCHITECTURE.md",
        "SECURITY.md",
        "SYSTEMS.md",
        "fuzz/README.md",
        "tests/native/MUTANTS.md",
        "www/README.md",
        "benchmarks/BYTES.md",
        "tests/vectors/README.md",
    ] {
        let text = source(doc);
        let files = files_in(&text);
        assert!(!files.is_empty(), "{doc}");
        for file in files {
            let is_there = |room: &&str| root().join(room).join(file).exists();
            assert!(ROOMS.iter().any(is_there), "{doc} speaks of {file}");
        }
    }
}

/// What is said to be in which file: "`name`, `other` in `file`".
fn names_in_files(text: &str) -> Vec<(&str, &str)> {
    let parts: Vec<&str> = text.split('`').collect();
    let (mut names, mut found) = (Vec::new(), Vec::new());
    for pair in parts.chunks_exact(2) {
        let [before, span] = [pair[0], pair[1]];
        if before == " in " && span.contains('.') {
            found.extend(names.drain(..).map(|name| (name, span)));
        } else {
            if before != ", " || span.contains('/') {
                names.clear();
            }
            if !span.contains('/') {
                names.push(span);
            }
        }
    }
    found
}

#[test]
fn what_stops_an_attacker_stands_where_security_says() {
    let security = source("SECURITY.md");
    let named = names_in_files(&security);
    assert!(named.len() > 20, "{named:?}");
    for (name, file) in named {
        let paths = ROOMS.map(|room| root().join(room).join(file));
        let path = paths.iter().find(|path| path.exists()).expect(file);
        let text = std::fs::read_to_string(path).expect(file);
        let last = name.rsplit("::").next();
        let mut words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        assert!(words.any(|word| Some(word) == last), "{name} in {file}");
    }
}
