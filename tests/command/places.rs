//! Findings at their places in the source: SARIF, and GitHub's annotations.

use crate::documents::check_everything;
use crate::support::{list, read, selvedge};
use serde_json::Value;

/// The properties of the objects that we write, by the schema of SARIF 2.1.0, which allows no others: of each,
/// those that must be there, and those that may.
const SARIF: [(&str, &[&str], &[&str]); 15] = [
    ("log", &["version", "runs"], &["$schema"]),
    (
        "run",
        &["tool"],
        &["automationDetails", "invocations", "columnKind", "results"],
    ),
    ("tool", &["driver"], &[]),
    ("driver", &["name"], &["semanticVersion", "rules"]),
    ("rule", &["id"], &["shortDescription", "defaultConfiguration"]),
    ("configuration", &[], &["level"]),
    ("message", &["text"], &[]),
    (
        "result",
        &["message"],
        &[
            "ruleId",
            "ruleIndex",
            "level",
            "locations",
            "codeFlows",
            "partialFingerprints",
        ],
    ),
    ("location", &[], &["physicalLocation", "message"]),
    ("physical", &["artifactLocation"], &["region"]),
    ("artifact", &["uri"], &[]),
    ("region", &["startLine"], &[]),
    ("flow", &["threadFlows"], &["message"]),
    ("thread", &["locations"], &[]),
    ("step", &["location"], &["executionOrder", "importance"]),
];

/// Checks that an object is one of SARIF's by this name.
#[track_caller]
fn is_sarif(name: &str, object: &Value) {
    let (_, needed, allowed) = SARIF
        .iter()
        .find(|(known, ..)| *known == name)
        .expect("a known object");
    let object = object
        .as_object()
        .unwrap_or_else(|| panic!("{name} is no object"));
    for property in *needed {
        assert!(object.contains_key(*property), "{name} has no {property}");
    }
    for property in object.keys() {
        let is_known = needed.contains(&&**property) || allowed.contains(&&**property);
        assert!(is_known, "{name} may not have {property}");
    }
}

/// Checks what code scanning needs of a place: a path from the root of the repository, and a line from 1.
#[track_caller]
fn is_place(location: &Value) -> String {
    is_sarif("location", location);
    let place = &location["physicalLocation"];
    is_sarif("physical", place);
    is_sarif("artifact", &place["artifactLocation"]);
    is_sarif("region", &place["region"]);
    let uri = place["artifactLocation"]["uri"].as_str().expect("a URI");
    assert!(
        !uri.starts_with('/') && !uri.contains([':', '\\', ' ']),
        "{uri} is no relative URI"
    );
    let line = place["region"]["startLine"].as_u64().expect("a line");
    assert!(line >= 1);
    format!("{uri}:{line}")
}

#[test]
fn sarif_has_a_result_for_each_finding_with_its_rule_and_its_code_flow() {
    let (out, _) = check_everything("documents-sarif");
    let log: Value = serde_json::from_str(&read(&out.join("sarif"))).expect("it is JSON");
    is_sarif("log", &log);
    assert_eq!(
        (log["version"].as_str(), list(&log["runs"]).len()),
        (Some("2.1.0"), 1)
    );
    let run = &log["runs"][0];
    is_sarif("run", run);
    is_sarif("tool", &run["tool"]);
    is_sarif("driver", &run["tool"]["driver"]);
    let rules = list(&run["tool"]["driver"]["rules"]);
    for rule in rules {
        is_sarif("rule", rule);
        is_sarif("message", &rule["shortDescription"]);
        is_sarif("configuration", &rule["defaultConfiguration"]);
    }
    let results = list(&run["results"]);
    for result in results {
        is_sarif("result", result);
        is_sarif("message", &result["message"]);
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        list(&result["locations"])
            .iter()
            .for_each(|place| drop(is_place(place)));
        assert_eq!(list(&result["locations"]).len(), 1);
    }
    let found = results.iter().map(|result| {
        let rule = result["ruleId"].as_str().expect("a rule");
        (
            rule,
            result["level"].as_str().expect("a level"),
            is_place(&result["locations"][0]),
        )
    });
    let found: Vec<_> = found
        .map(|(rule, level, place)| format!("{rule} {level} {place}"))
        .collect();
    assert_eq!(
        found,
        [
            "forbidden-outcome error src/counter/unlocked.rs:38",
            "forbidden-outcome error src/counter/unlocked.rs:38",
            "not-run warning Cargo.toml:1",
            "not-run warning Cargo.toml:1",
        ]
    );
    has_flow(&results[0]);
}

/// Checks the code flow of the shortest interleaving in which thread 1's update is lost.
fn has_flow(result: &Value) {
    let message = result["message"]["text"].as_str().expect("a text");
    assert!(message.contains("Thread 2 did not look again"), "{message}");
    let flow = &result["codeFlows"][0];
    is_sarif("flow", flow);
    is_sarif("thread", &flow["threadFlows"][0]);
    let steps = list(&flow["threadFlows"][0]["locations"])
        .iter()
        .enumerate()
        .map(|(index, step)| {
            is_sarif("step", step);
            assert_eq!(step["executionOrder"], index + 1);
            let text = step["location"]["message"]["text"].as_str().expect("a text");
            format!("{} at {}", text, is_place(&step["location"]))
        });
    assert_eq!(
        steps.collect::<Vec<_>>(),
        [
            "1. thread 2: load x = 0 at src/counter/unlocked.rs:36",
            "2. thread 1: load x = 0 at src/counter/unlocked.rs:36",
            "3. thread 1: store x: 0 → 1 at src/counter/unlocked.rs:38",
            "4. thread 2: store x: 1 → −1 at src/counter/unlocked.rs:38",
            "5. main: load x = −1 at src/counter/unlocked.rs:42",
        ]
    );
}

#[test]
fn github_gets_an_annotation_for_each_finding_at_its_line() {
    let (out, _) = check_everything("documents-github");
    let text = read(&out.join("github"));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    let at = "::error file=src/counter/unlocked.rs,line=38,title=selvedge%3A forbidden-outcome::unlocked 2×1 can \
              end at -1, which is forbidden: an update was lost (explorer, loom, shuttle-random).%0AThread 2 read";
    assert!(lines[0].starts_with(at), "{}", lines[0]);
    assert!(
        lines[0].contains("%0Aagain: selvedge replay unlocked 'unlocked 2×1 v"),
        "{}",
        lines[0]
    );
    assert_eq!(
        lines[2],
        "::warning title=selvedge%3A not-run::gil-timed 2×1 was not run on loom: loom models no time-outs, and this \
         needs them (loom)."
    );
}

/// What says most about an ending is where its last step was taken, or where a thread waits for ever.
#[test]
fn a_finding_points_to_what_says_most_about_it() {
    for (scenario, rule, place) in [
        ("data-race", "data-race", "src/counter/data_race.rs"),
        ("gil-early-notify", "deadlock", "src/python/scenario/turns.rs"),
        ("locked-twice", "forbidden-outcome", "src/counter/locked_twice.rs"),
    ] {
        let line =
            format!("check {scenario} --iterations 1 --as-correct --engine explorer --output github=-");
        let ran = selvedge(&line).code(1);
        let found = ran.stdout.lines().find(|line| line.starts_with("::error "));
        let found = found.unwrap_or_else(|| panic!("{}", ran.stdout));
        assert!(
            found.starts_with(&format!("::error file={place},line=")),
            "{found}"
        );
        assert!(
            found.contains(&format!(",title=selvedge%3A {rule}::{scenario} 2×1 can end ")),
            "{found}"
        );
    }
}
