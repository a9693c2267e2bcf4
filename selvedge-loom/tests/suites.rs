//! The loom tests of published crates, unchanged, on this crate in loom's place.
//!
//! The crates are fetched from the registry at fixed versions, by cargo, and are kept in the target folder. To run them
//! and to print the table of `docs/loom.md`:
//!
//! ```sh
//! cargo test -p selvedge-loom --test suites -- --ignored --nocapture
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// The loom tests of a crate.
struct Suite {
    package: &'static str,
    version: &'static str,
    /// The name of the `cfg` by which the crate takes loom's primitives.
    cfg: &'static str,
    /// The arguments of `cargo test`.
    arguments: &'static [&'static str],
    /// The number of tests that must pass.
    passes: usize,
    /// The tests that fail, each with the reason.
    fails: &'static [(&'static str, &'static str)],
}

const SUITES: [Suite; 7] = [
    Suite {
        package: "left-right",
        version: "0.11.5",
        cfg: "loom",
        arguments: &["--test", "loom"],
        passes: 1,
        fails: &[],
    },
    Suite {
        package: "oneshot",
        version: "0.2.1",
        cfg: "oneshot_loom",
        arguments: &["--features", "loom,async,std", "--test", "loom"],
        passes: 8,
        fails: &[],
    },
    Suite {
        package: "bytes",
        version: "1.12.2",
        cfg: "loom",
        arguments: &["--lib", "fuzz"],
        passes: 2,
        fails: &[],
    },
    Suite {
        package: "sharded-slab",
        version: "0.1.7",
        cfg: "loom",
        arguments: &["--lib"],
        passes: 47,
        fails: &[],
    },
    Suite {
        package: "event-listener",
        version: "5.4.2",
        cfg: "loom",
        arguments: &["--features", "loom", "--test", "loom"],
        passes: 9,
        fails: &[],
    },
    Suite {
        package: "parking",
        version: "2.2.1",
        cfg: "loom",
        arguments: &["--features", "loom", "--test", "loom"],
        passes: 2,
        fails: &[],
    },
    Suite {
        package: "concurrent-queue",
        version: "2.5.0",
        cfg: "loom",
        arguments: &["--features", "loom", "--test", "loom"],
        passes: 2,
        fails: &[],
    },
];

/// The longest time that a model is checked, in seconds; what is left out then is said in the table.
const SECONDS: &str = "20";

/// What a suite has come to.
#[derive(Default)]
struct Outcome {
    passed: usize,
    failed: Vec<String>,
    /// The number of models by the word for the verdict.
    verdicts: BTreeMap<String, usize>,
    executions: u64,
    seconds: f64,
}

#[test]
#[ignore = "it fetches crates from the registry, and takes minutes"]
fn the_suites_of_published_crates_pass() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("suites");
    let sources = fetch(&folder);
    let mut table = String::from(
        "| suite | tests | pass | proved | bounded | inconclusive | executions | time |\n|---|---|---|---|---|---|---|---|\n",
    );
    let mut wrong = Vec::new();
    for suite in &SUITES {
        let outcome = run(suite, &folder, &sources);
        let count = |verdict| outcome.verdicts.get(verdict).copied().unwrap_or(0);
        writeln!(
            table,
            "| {} {} | {} | {} | {} | {} | {} | {} | {:.1} s |",
            suite.package,
            suite.version,
            outcome.passed + outcome.failed.len(),
            outcome.passed,
            count("proved"),
            count("bounded"),
            count("inconclusive"),
            outcome.executions,
            outcome.seconds
        )
        .expect("a string can be written to");
        let mut expected: Vec<_> = suite.fails.iter().map(|(name, _)| (*name).to_owned()).collect();
        expected.sort();
        if outcome.passed != suite.passes || outcome.failed != expected {
            wrong.push(format!(
                "{}: {} passed, and {:?} failed",
                suite.package, outcome.passed, outcome.failed
            ));
        }
    }
    println!("\n{table}");
    assert!(wrong.is_empty(), "not as expected: {wrong:#?}");
}

/// Fetches the sources of the crates, and returns the folder in which they are.
fn fetch(folder: &Path) -> PathBuf {
    let mut manifest = String::from(
        "[package]\nname = \"fetched\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n",
    );
    for suite in &SUITES {
        writeln!(manifest, "{} = \"={}\"", suite.package, suite.version).expect("a string can be written to");
    }
    let package = folder.join("fetched");
    write(&package.join("Cargo.toml"), &manifest);
    write(&package.join("src/lib.rs"), "");
    let sources = folder.join("sources");
    let mut cargo = cargo(&package);
    cargo
        .args(["vendor", "--versioned-dirs", "--quiet"])
        .arg(&sources);
    let fetched = cargo.output().expect("cargo runs");
    assert!(
        fetched.status.success(),
        "{}",
        String::from_utf8_lossy(&fetched.stderr)
    );
    // `[patch]` asks for packages of loom's name.
    for version in ["0.5", "0.7"] {
        let shim = folder.join(format!("loom-{version}"));
        let manifest = format!(
            "[package]\nname = \"loom\"\nversion = \"{version}.99\"\nedition = \"2024\"\n\
             [features]\nfutures = []\ncheckpoint = []\n[workspace]\n\
             [dependencies]\nface = {{ package = \"selvedge-loom\", path = {:?} }}\n",
            env!("CARGO_MANIFEST_DIR")
        );
        write(&shim.join("Cargo.toml"), &manifest);
        write(
            &shim.join("src/lib.rs"),
            "//! selvedge-loom under loom's name.\npub use face::*;\n",
        );
    }
    sources
}

/// Runs a suite.
fn run(suite: &Suite, folder: &Path, sources: &Path) -> Outcome {
    let name = format!("{}-{}", suite.package, suite.version);
    let package = folder.join(&name);
    if !package.exists() {
        copy(&sources.join(&name), &package);
        let manifest = package.join("Cargo.toml");
        let mut text = fs::read_to_string(&manifest).expect("the crate has a manifest");
        if !text.contains("\n[workspace]") {
            text += "\n[workspace]\n";
        }
        for version in ["0.5", "0.7"] {
            let path = folder.join(format!("loom-{version}"));
            let number = version.replace('.', "-");
            write!(
                text,
                "\n[patch.crates-io.loom-{number}]\npackage = \"loom\"\npath = {path:?}\n"
            )
            .expect("a string can be written to");
        }
        write(&manifest, &text);
    }
    let start = |arguments: &[&str]| {
        let mut cargo = cargo(&package);
        cargo
            .arg("test")
            .args(suite.arguments)
            .args(arguments)
            .env("RUSTFLAGS", format!("--cfg {} --cap-lints allow", suite.cfg))
            .env("CARGO_TARGET_DIR", folder.join("target"))
            .env("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
            .env("LOOM_MAX_DURATION", SECONDS)
            .env("SELVEDGE_LOG", "1");
        cargo.output().expect("cargo runs")
    };
    let built = start(&["--no-run"]);
    assert!(
        built.status.success(),
        "{name}: {}",
        String::from_utf8_lossy(&built.stderr)
    );
    let begin = Instant::now();
    let tested = start(&["--", "--test-threads=1"]);
    let mut outcome = Outcome {
        seconds: begin.elapsed().as_secs_f64(),
        ..Outcome::default()
    };
    let out = String::from_utf8_lossy(&tested.stdout);
    for line in out.lines() {
        // What is said on standard error does not come in between: it is another stream.
        if let Some((test, result)) = line
            .strip_prefix("test ")
            .and_then(|line| line.split_once(" ... "))
        {
            match result {
                "ok" => outcome.passed += 1,
                "FAILED" => outcome.failed.push(test.to_owned()),
                _ => {}
            }
        }
    }
    outcome.failed.sort();
    if !outcome.failed.is_empty() {
        println!("{out}");
    }
    for line in String::from_utf8_lossy(&tested.stderr).lines() {
        if let Some(said) = line.strip_prefix("selvedge-loom: ") {
            println!("{said}");
            note(&mut outcome, said);
        }
    }
    outcome
}

/// Notes a verdict, such as `test: proved: all 12 executions, under C11, …`.
fn note(outcome: &mut Outcome, said: &str) {
    for verdict in ["proved", "bounded", "inconclusive"] {
        if let Some((_, told)) = said.split_once(&format!(": {verdict}: ")) {
            *outcome.verdicts.entry(verdict.to_owned()).or_default() += 1;
            let words: Vec<_> = told.split_whitespace().collect();
            for pair in words.windows(2) {
                outcome.executions += match pair {
                    ["one", word] if word.starts_with("execution") => 1,
                    [number, word] if word.starts_with("executions") => number.parse().unwrap_or(0),
                    _ => 0,
                };
            }
        }
    }
}

/// Returns cargo, to run in a folder, without what the tests' own cargo has set.
fn cargo(folder: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(folder);
    let inherited = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let own = |name: &String| {
        name.starts_with("CARGO_PKG") || name.starts_with("LOOM_") || name.starts_with("SELVEDGE_")
    };
    for name in inherited.filter(own) {
        cargo.env_remove(name);
    }
    cargo
}

fn write(path: &Path, text: &str) {
    let folder = path.parent().expect("a file is in a folder");
    fs::create_dir_all(folder).expect("the target folder can be written to");
    fs::write(path, text).expect("the target folder can be written to");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the target folder can be written to");
    for entry in fs::read_dir(from).expect("the crate was fetched") {
        let entry = entry.expect("the crate was fetched");
        let target = to.join(entry.file_name());
        match entry.file_type().expect("it is a file or a folder").is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).expect("the target folder can be written to")),
        }
    }
}
