//! What several places must say alike: the codes and their sentences, the names of systems and milestones, the names in
//! storage; and what the crate is made of.

use crate::attempt::{LOOK, click};
use crate::samples::{every_protocol, right_return};
use connect_widget::error::{Code, ShellCode, all_codes};
use connect_widget::flow::machine::Milestone;
use connect_widget::protocol::PROTOCOLS;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn source(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The text between two marks.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let parts = text.split_once(from);
    let (_, rest) = parts.unwrap_or_else(|| panic!("{from:?} is missing"));
    let parts = rest.split_once(to);
    let (found, _) = parts.unwrap_or_else(|| panic!("{to:?} is missing after {from:?}"));
    found
}

/// The texts in double quotes.
fn quoted(text: &str) -> BTreeSet<&str> {
    text.split('"').skip(1).step_by(2).collect()
}

/// Lines of code without the comments of TypeScript between them.
fn without_comments(text: &str) -> String {
    let is_code = |line: &&str| {
        let line = line.trim_start();
        !line.starts_with('*') && !line.starts_with("/*") && !line.starts_with("//")
    };
    text.lines().filter(is_code).collect::<Vec<_>>().join("\n")
}

/// The names in a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric())
}

fn codes() -> BTreeSet<&'static str> {
    all_codes().map(|(code, _)| code).collect()
}

#[test]
fn the_typescript_union_names_every_code() {
    let types = source("pkg-template/index.d.ts");
    let union = without_comments(between(&types, "export type ErrorCode =", ";\n\n"));
    assert_eq!(codes(), quoted(&union));
}

#[test]
fn the_readmes_table_names_every_code() {
    let readme = source("README.md");
    let section = between(&readme, "## Error codes", "\n## ");
    let row = |line: &'_ str| Some(line.strip_prefix("| `")?.split_once("` |")?.0.to_owned());
    let rows: Vec<String> = section.lines().filter_map(row).collect();
    let table: BTreeSet<&str> = rows.iter().map(String::as_str).collect();
    assert_eq!(rows.len(), table.len(), "a row stands twice");
    assert_eq!(codes(), table);
}

#[test]
fn a_code_stands_once() {
    assert_eq!(codes().len(), all_codes().count());
}

/// What the shell says where there is no core.
fn sentences() -> BTreeMap<String, String> {
    let errors = source("pkg-template/errors.js");
    let lines = between(&errors, "const SENTENCES = {", "};").lines();
    let entry = |line: &str| {
        let (code, sentence) = line.trim().trim_end_matches(',').split_once(": ")?;
        Some((code.to_owned(), sentence.trim_matches('"').to_owned()))
    };
    lines.filter_map(entry).collect()
}

#[test]
fn the_shell_says_the_cores_sentences() {
    let sentences = sentences();
    assert!(!sentences.is_empty());
    for (code, sentence) in sentences {
        let known = all_codes().find(|(known, _)| *known == code);
        let (_, known) = known.unwrap_or_else(|| panic!("{code} is no code"));
        assert_eq!(sentence, known, "{code}");
    }
}

#[test]
fn the_shell_has_a_sentence_for_every_code_that_it_gives() {
    let shell =
        ["shell", "launch", "loader"].map(|name| source(&format!("pkg-template/{name}.js")));
    let shell = shell.concat();
    let given = shell.split("error(\"").skip(1);
    let given: BTreeSet<&str> = given
        .filter_map(|rest| Some(rest.split_once('"')?.0))
        .collect();
    let sentences = sentences();
    let known: BTreeSet<&str> = sentences.keys().map(String::as_str).collect();
    assert_eq!(given, known);
    let alone = [
        Code::SdkDestroyed.name(),
        ShellCode::NoWindow.name(),
        ShellCode::LoadFailed.name(),
    ];
    for code in alone {
        assert!(known.contains(code), "{code} comes where there is no core");
    }
    // The core that has stopped cannot say so.
    let words = [
        ShellCode::CoreFailed.name(),
        ShellCode::CoreFailed.sentence(),
    ];
    let stopped = words.map(|words| format!("\"{words}\"")).join(", ");
    assert!(source("pkg-template/instance.js").contains(&stopped));
}

/// The systems' names.
fn systems() -> BTreeSet<&'static str> {
    PROTOCOLS.iter().map(|protocol| protocol.name()).collect()
}

#[test]
fn the_types_and_the_vectors_know_every_system() {
    let ours = systems();
    assert_eq!(ours.len(), PROTOCOLS.len());
    let types = source("pkg-template/index.d.ts");
    let member = |line: &'_ str| {
        let line = line.trim().replace("protocol?:", "protocol:");
        let (_, rest) = line.split_once("protocol: \"")?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let code = without_comments(&types);
    let typed: BTreeSet<String> = code.lines().filter_map(member).collect();
    let names: BTreeSet<String> = ours.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(typed, names, "index.d.ts: the interfaces");
    let union = between(&types, "export type Protocol =", ";");
    assert_eq!(quoted(union), ours, "index.d.ts: Protocol");
    let debug = source("pkg-template/debug/systems.js");
    let entries = between(&debug, "export const systems = {", "\n};").lines();
    let keys = entries.filter_map(|line| line.strip_prefix("  ")?.split_once(": {"));
    let keys = keys.filter(|(key, _)| !key.starts_with(' '));
    let keys: BTreeSet<&str> = keys.map(|(key, _)| key.trim_matches('"')).collect();
    assert_eq!(keys, ours, "debug/systems.js");
    let readme = source("README.md");
    for name in &ours {
        assert!(
            readme.contains(&format!("`{name}`")),
            "README.md does not name {name}"
        );
    }
    let folders = std::fs::read_dir(root().join("tests/vectors")).expect("a folder");
    let folders = folders
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir());
    let folders: BTreeSet<String> = folders.map(|path| file_name(&path)).collect();
    assert_eq!(folders, names, "the folders in tests/vectors");
}

/// What the random journeys, the fuzz targets, the presets and the demo know of the systems.
#[test]
fn the_samples_the_presets_and_the_demo_know_every_system() {
    let samples = every_protocol().map(|(name, _)| name);
    let samples = BTreeSet::from(samples);
    assert_eq!(samples, systems(), "every_protocol() in samples.rs");
    for file in ["pkg-template/providers.js", "www/static/demo/systems.js"] {
        let text = source(file);
        let named = text.split("protocol: \"").skip(1);
        let named: BTreeSet<&str> = named.filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(named, systems(), "{file}");
    }
    let places = [
        ("www/docs/protocols.md", "`"),
        ("www/docs/phones.md", "`"),
        ("tests/types/cases/core.ts", "\""),
        ("tests/e2e/scenarios/protocols.mjs", "\""),
        ("tests/debug/quiet.test.mjs", "\""),
        ("fuzz/dictionaries/options.dict", "\\\""),
        ("fuzz/dictionaries/records.dict", "\\\""),
    ];
    for (file, mark) in places {
        assert_names(file, mark, systems());
    }
    // Here the first one goes without saying.
    let others = &systems() - &BTreeSet::from([PROTOCOLS[0].name()]);
    let places = [
        ("pkg-template/README.md", "\""),
        ("tests/browser/driver/main.rs", "'"),
        ("tests/browser/driver/journeys.rs", "'"),
    ];
    for (file, mark) in places {
        assert_names(file, mark, others.clone());
    }
}

/// A text has these names, each between two marks.
fn assert_names(file: &str, mark: &str, names: BTreeSet<&str>) {
    let text = source(file);
    for name in names {
        let is_there = text.contains(&format!("{mark}{name}{mark}"));
        assert!(is_there, "{file} does not name {name}");
    }
}

/// Each system's records are among the fuzzers' seeds.
#[test]
fn the_seeds_have_a_record_of_every_system() {
    for name in systems() {
        for mode in ["popup", "redirect"] {
            let seed = format!("fuzz/corpus/records/{name}-{mode}");
            assert!(root().join(&seed).is_file(), "{seed} is missing");
        }
    }
}

/// The texts that say how many systems there are. Others may, too: `git grep -wi five`.
#[test]
fn the_texts_say_how_many_systems_there_are() {
    let number = ["no", "one", "two", "three", "four", "five", "six", "seven"][PROTOCOLS.len()];
    for (file, before, after) in [
        ("README.md", "package speaks ", " systems:"),
        ("Cargo.toml", "popup or redirect, ", " protocols,"),
        (
            "pkg-template/index.d.ts",
            "The names of the ",
            " protocols.",
        ),
        ("www/docs/protocols.md", "One widget, ", " ways to connect"),
        ("www/index.html", "<h3>", " systems</h3>"),
        ("sandbox/README.md", "absent or null: all ", ""),
    ] {
        let says = format!("{before}{number}{after}").to_lowercase();
        let is_said = source(file).to_lowercase().contains(&says);
        assert!(is_said, "{file} does not say {says:?}");
    }
}

/// Where answers are known by a URL, the tests that need a right one of each system find it, and so do those of whose a URL is.
#[test]
fn every_system_that_comes_back_has_a_right_answer_among_the_samples_and_the_vectors() {
    let owner: serde_json::Value =
        serde_json::from_str(&source("tests/vectors/owner.json")).expect("JSON");
    let records = owner["records"].as_object().expect("records");
    let is_of = |name: &str, record: &serde_json::Value| {
        let given = record["options"]["protocol"].as_str();
        given.unwrap_or(PROTOCOLS[0].name()) == name
    };
    for (name, options) in every_protocol() {
        let attempt = click(&options);
        let comes_back = !attempt.flow.transaction().answers.is_empty();
        let is_there = right_return(&attempt).is_some();
        assert_eq!(is_there, comes_back, "{name}: right_return() in samples.rs");
        let is_told = records.values().any(|record| is_of(name, record));
        assert!(is_told || !comes_back, "{name}: tests/vectors/owner.json");
    }
}

/// The interfaces of a system's options: their names, the systems, and what stands in them.
fn interfaces(types: &str) -> Vec<(&str, &str, &str)> {
    let each = types.split("export interface ").skip(1);
    let interface = each.filter_map(|rest| {
        let (head, rest) = rest.split_once(" {\n")?;
        let (body, _) = rest.split_once("\n}\n")?;
        let (_, system) = body.split_once("protocol")?;
        let system = system.trim_start_matches('?').strip_prefix(": \"")?;
        Some((
            head.split(['<', ' ']).next()?,
            system.split('"').next()?,
            body,
        ))
    });
    interface.collect()
}

/// One interface for each system; `OpenOptions`, `ResultOf`, and each function that is overloaded by them, have all.
#[test]
fn the_types_overload_every_system() {
    let types = source("pkg-template/index.d.ts");
    let interfaces = interfaces(&types);
    let of: Vec<&str> = interfaces.iter().map(|(_, system, _)| *system).collect();
    assert_eq!(of.len(), systems().len(), "index.d.ts: {of:?}");
    assert_eq!(BTreeSet::from_iter(of), systems(), "index.d.ts");
    let names: BTreeSet<&str> = interfaces.iter().map(|(name, _, _)| *name).collect();
    let presets = source("pkg-template/providers.d.ts");
    let filled: BTreeSet<&str> = words(&presets).collect();
    for name in &names {
        assert!(filled.contains(name), "providers.d.ts: no {name}");
    }
    let members = words(between(&types, "export type OpenOptions<", ";"));
    let members = members.filter(|word| word.ends_with("Options"));
    let members: BTreeSet<&str> = members.collect();
    assert_eq!(members, names, "index.d.ts: OpenOptions");
    let results = quoted(between(&types, "export type ResultOf<O> =", ";"));
    let default = BTreeSet::from([PROTOCOLS[0].name()]);
    let named = &results & &systems();
    assert_eq!(named, &systems() - &default, "index.d.ts: ResultOf");
    for (file, functions) in [
        ("index", &["open", "authorize"][..]),
        ("react", &["useConnect", "ConnectButton"]),
        ("vue", &["useConnect"]),
        ("angular", &["open", "authorize"]),
    ] {
        let text = source(&format!("pkg-template/{file}.d.ts"));
        for function in functions {
            let is_one = |line: &&str| {
                let line = line.trim().trim_start_matches("export function ");
                let rest = line.strip_prefix(function).unwrap_or_default();
                rest.starts_with(['(', '<'])
            };
            let overloads: Vec<&str> = text.lines().filter(is_one).collect();
            for name in &names {
                let takes = |line: &&str| words(line).any(|word| word == *name);
                assert!(
                    overloads.iter().any(takes),
                    "{file}.d.ts: {function}() takes no {name}"
                );
            }
        }
    }
}

/// The wrappers have lists of the options, by what they are.
#[test]
fn the_wrappers_know_every_option() {
    let types = source("pkg-template/index.d.ts");
    let shared = [
        "CommonOptions<",
        "AuthorizationRequestOptions<",
        "TriggerOptions ",
    ];
    let shared = shared.map(|name| between(&types, &format!("export interface {name}"), "\n}\n"));
    let own = interfaces(&types).into_iter().map(|(_, _, body)| body);
    let code = without_comments(&own.chain(shared).collect::<Vec<_>>().join("\n"));
    let members: Vec<(&str, &str)> = code
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_once(": "))
        .map(|(name, kind)| (name.trim_end_matches('?'), kind))
        .collect();
    let those = |is_one: fn(&str) -> bool| -> BTreeSet<&str> {
        let found = members.iter().filter(|(_, kind)| is_one(kind));
        found.map(|(name, _)| *name).collect()
    };
    let options = source("pkg-template/options.js");
    let list = |name: &str| quoted(between(&options, &format!("const {name} = ["), "]"));
    let texts = list("texts");
    // A button has an id anyway.
    let id = BTreeSet::from(["id"]);
    let is_text = |kind: &str| kind.starts_with("string") || kind.starts_with('"');
    assert_eq!(texts, &those(is_text) - &id, "options.js: texts");
    let asked = options_that_are_asked();
    let asked: BTreeSet<&str> = asked.iter().map(String::as_str).collect();
    let typed = those(|kind| kind.starts_with("Source<"));
    assert_eq!(typed, asked, "index.d.ts: a Source for each");
    let functions = &asked | &those(|kind| kind.contains(") => PromiseLike<"));
    // The one that is asked again and again.
    let verify = BTreeSet::from(["verify"]);
    let sources = &functions - &verify;
    assert_eq!(list("sources"), sources, "options.js: sources");
    assert_eq!(list("questions"), verify, "options.js: questions");
    let callbacks = those(|kind| kind.ends_with("=> void) | undefined;"));
    assert_eq!(list("callbacks"), callbacks, "options.js: callbacks");
    let [objects, values, others] = ["objects", "values", "optionNames"].map(list);
    let properties = [&texts, &functions, &objects, &values, &others];
    let properties: BTreeSet<&str> = properties.into_iter().flatten().copied().collect();
    let all = &properties | &callbacks;
    assert_eq!(
        all,
        &those(|_| true) - &id,
        "options.js: all that index.d.ts has"
    );
    let element = source("pkg-template/element.d.ts");
    let dictionary = source("fuzz/dictionaries/options.dict");
    for name in properties {
        let is_there = element.contains(&format!("\n  {name}: "));
        assert!(is_there, "element.d.ts has no {name}");
        // What is of a trigger alone never reaches the core.
        let is_triggers = ["labels", "connect"].contains(&name);
        let is_there = dictionary.contains(&format!("\\\"{name}\\\":"));
        assert!(is_there || is_triggers, "options.dict has no {name}");
    }
}

/// By what debug knows a name that is misspelt.
#[test]
fn debug_knows_every_name() {
    let types = source("pkg-template/index.d.ts");
    let names = source("pkg-template/debug/names.js");
    for (list, interface) in [
        ("\"option of create()\"", "ConnectConfig"),
        ("event", "ConnectEvents"),
    ] {
        let body = between(&types, &format!("export interface {interface} {{\n"), "\n}");
        let code = without_comments(body);
        let members = code.lines().filter_map(|line| {
            let (name, _) = line.strip_prefix("  ")?.split_once(": ")?;
            Some(name.trim_end_matches('?'))
        });
        let known = quoted(between(&names, &format!("\n  {list}: ["), "]"));
        assert_eq!(known, members.collect(), "{interface}");
    }
}

/// The options whose value a protocol waits for.
fn options_that_are_asked() -> BTreeSet<String> {
    let files = sources()
        .into_iter()
        .filter(|path| path.starts_with(root().join("src/protocol")));
    let texts = files.map(|path| std::fs::read_to_string(path).expect("a text"));
    let asked = texts.flat_map(|text| {
        let named = text.split("option: \"").skip(1);
        let named = named.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()));
        named.collect::<Vec<_>>()
    });
    asked.collect()
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned()
}

#[test]
fn the_script_tag_has_every_preset() {
    let presets = source("pkg-template/providers.js");
    let named = presets.split("export const ").skip(1);
    let named: BTreeSet<&str> = named.filter_map(|rest| words(rest).next()).collect();
    let global = source("pkg-template/global.js");
    let on_the_class = words(between(&global, "providers: {", "}")).filter(|name| !name.is_empty());
    let on_the_class: BTreeSet<&str> = on_the_class.collect();
    assert_eq!(on_the_class, named, "global.js: providers");
}

/// What asks the backend is shown three times, and the docs' own test compiles one of them.
#[test]
fn every_start_asks_the_backend_alike() {
    let docs = ["README.md", "pkg-template/README.md", "www/docs/index.md"].map(source);
    let [first, others @ ..] = docs
        .each_ref()
        .map(|doc| between(doc, "const mintSession =", ";\n"));
    assert!(first.contains("session_token"));
    assert_eq!(others, [first; 2]);
}

/// The return page's texts stand in its script, for pages that have no elements for them, and in the page that an app copies.
#[test]
fn the_return_page_has_the_texts_of_its_script() {
    let script = source("pkg-template/callback.js");
    let page = source("pkg-template/callback.html");
    let texts = quoted(between(&script, "const TEXTS = {", "};"));
    assert_eq!(texts.len(), 2);
    for text in texts {
        assert!(page.contains(&format!(">{text}</p>")), "{text}");
    }
}

#[test]
fn the_types_name_every_milestone() {
    let types = source("pkg-template/index.d.ts");
    let union = quoted(between(&types, "export type EventName =", ";"));
    let all = [
        Milestone::Opened,
        Milestone::Started,
        Milestone::Complete,
        Milestone::Exit,
    ];
    let ours: BTreeSet<&str> = all
        .into_iter()
        .flat_map(Milestone::names)
        .copied()
        .collect();
    assert_eq!(ours, union);
}

/// The text that a constant is.
fn constant<'a>(text: &'a str, name: &str) -> &'a str {
    let (_, rest) = text
        .split_once(&format!("const {name}"))
        .unwrap_or_else(|| panic!("no {name}"));
    between(rest, "\"", "\"")
}

#[test]
fn storage_and_messages_have_one_name_everywhere() {
    let rooms = ["store", "held", "relay"];
    let [store, in_core, relay] = rooms.map(|room| source(&format!("src/browser/{room}.rs")));
    let [owner, held] = ["owner", "held"].map(|name| source(&format!("pkg-template/{name}.js")));
    let name = constant(&owner, "NAME");
    assert_eq!(constant(&in_core, "HELD"), name);
    assert_eq!(constant(&relay, "TYPE"), name);
    let prefix = constant(&store, "PREFIX");
    assert_eq!(prefix, format!("{name}:"));
    assert!(owner.contains("export const PREFIX = `${NAME}:`;"));
    let [page, entry] = ["PAGE", "ENTRY"].map(|name| constant(&store, name));
    assert!(
        held.contains(&format!("const {{ state, {page}, {entry} }} = record;"))
            && held.contains(&format!("const {{ {page} = here, {entry} }} = "))
    );
    assert_eq!(constant(&store, "TICKET"), format!("{prefix}window"));
    assert!(owner.contains("export const TICKET = `${PREFIX}window`;"));
}

#[test]
fn the_tests_look_as_often_as_the_page_does() {
    let look = source("src/browser/driver.rs");
    assert_eq!(between(&look, "const LOOK: u32 = ", ";").parse(), Ok(LOOK));
}

/// A transaction remembers by which of these names an answer is known, in the query or after the `#`.
#[test]
fn every_refusal_and_every_grant_is_an_answer() {
    let text = source("src/protocol/authorization.rs");
    let list = |name: &str| quoted(between(&text, &format!("const {name}: "), "];"));
    let names = &list("REFUSAL") | &list("GRANT");
    let fragment: BTreeSet<String> = names.iter().map(|name| format!("#{name}")).collect();
    let both = names.into_iter().chain(fragment.iter().map(String::as_str));
    assert_eq!(list("ANSWERS"), both.collect());
}

/// The widget is this crate, and these are what it is built of.
const HOUSE: [&str; 7] = [
    "web-sys",
    "js-sys",
    "wasm-bindgen",
    "wasm-bindgen-futures",
    "gloo-events",
    "serde",
    "serde-wasm-bindgen",
];

#[test]
fn the_crates_of_the_house_are_shipped() {
    let manifest = source("Cargo.toml");
    let sections = manifest.split("\n[");
    let shipped: BTreeSet<&str> = sections
        .filter(|section| {
            let (title, _) = section.split_once(']').unwrap_or_default();
            title.ends_with("dependencies") && !title.contains("dev-") && !title.contains("build-")
                || title.contains(".dependencies.")
        })
        .flat_map(|section| {
            let (title, rest) = section.split_once("]\n").unwrap_or((section, ""));
            let titled = title
                .split_once(".dependencies.")
                .map(|(_, name)| name.trim_end_matches(']'));
            let listed = rest
                .lines()
                .filter_map(|line| Some(line.split_once(" = ")?.0));
            listed.chain(titled)
        })
        .collect();
    for name in HOUSE {
        assert!(shipped.contains(name), "{name} is not among {shipped:?}");
    }
}

/// What of the crate's own text names each of them.
#[test]
fn the_crates_of_the_house_are_at_work() {
    let texts: Vec<String> = sources()
        .iter()
        .map(|path| std::fs::read_to_string(path).expect("a text"))
        .collect();
    for name in HOUSE {
        let path = format!("{}::", name.replace('-', "_"));
        // Not at the end of another crate's name.
        let uses = |text: &String| {
            text.match_indices(&path)
                .any(|(at, _)| !text[..at].ends_with('_'))
        };
        assert!(texts.iter().any(uses), "nothing uses {name}");
    }
}

/// Every file under `src/`.
fn sources() -> Vec<PathBuf> {
    let (mut folders, mut files) = (vec![root().join("src")], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path)
            } else {
                files.push(path)
            }
        }
    }
    files
}

#[test]
fn no_javascript_stands_among_the_rust() {
    for path in sources() {
        assert!(
            path.extension().is_some_and(|kind| kind == "rs"),
            "{}",
            path.display()
        );
    }
}

/// The compiler does not see what stands behind a `cfg` for wasm32.
#[test]
fn the_pure_floors_know_no_browser() {
    for path in sources() {
        let name = path
            .strip_prefix(root().join("src"))
            .expect("under src")
            .to_string_lossy()
            .into_owned();
        if name.starts_with("browser") || name == "bindings.rs" || name == "lib.rs" {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a text");
        for word in [
            "web_sys::",
            "js_sys::",
            "wasm_bindgen::",
            "gloo_",
            "crate::browser",
            "crate::bindings",
        ] {
            assert!(!text.contains(word), "{name} names {word}");
        }
    }
}
