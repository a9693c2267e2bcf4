//! `selvedge report`: a page for a browser.

use crate::support::selvedge;
use std::fs;
use std::path::PathBuf;

/// An empty folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("selvedge-report-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Returns the names of the levels of a page.
fn names(html: &str) -> Vec<String> {
    let data = html.split_once("id=\"data\">").expect("the data").1;
    let data = data.split_once("</script>").expect("its end").0;
    let document: serde_json::Value = serde_json::from_str(data).expect("JSON");
    let levels = document["levels"].as_array().expect("a list").iter();
    levels
        .map(|level| level["name"].as_str().expect("a name").to_owned())
        .collect()
}

#[test]
fn without_scenarios_it_is_a_course() {
    let folder = folder("course");
    let file = folder.join("page.html");
    let ran = selvedge("report --html").arg(&file.to_string_lossy()).code(0);
    ran.quietly().shows("10 scenarios");
    let html = fs::read_to_string(&file).expect("the page");
    let course = [
        "unlocked",
        "locked",
        "wrong-lock",
        "locked-twice",
        "compare-exchange",
        "data-race",
        "python-3.9",
        "python-3.10",
        "gil-early-notify",
        "gil",
    ];
    assert_eq!(names(&html), course);
    assert!(html.starts_with("<!doctype html>") && html.trim_end().ends_with("</html>"));
    let again = selvedge("report --html -").code(0).stdout;
    assert_eq!(again, html, "the page is the same every time");
    fs::remove_dir_all(folder).expect("it can be removed");
}

#[test]
fn scenarios_are_chosen_by_name_and_size_and_stand_there_once() {
    let ran = selvedge("report locked unlocked locked --threads 3 --iterations 1 --html -").code(0);
    assert_eq!(names(&ran.quietly().stdout), ["locked", "unlocked"]);
    ran.shows("\"size\":\"3 threads × 1 operation each\"");
}

#[test]
fn what_cannot_be_written_is_named_and_leaves_nothing_behind() {
    let folder = folder("refused");
    let nowhere = folder.join("no/such/page.html");
    let ran = selvedge("report unlocked --html")
        .arg(&nowhere.to_string_lossy())
        .code(4);
    ran.refuses(&format!("{} could not be written: ", nowhere.display()));
    let ran = selvedge("report unlocked --html")
        .arg(&folder.to_string_lossy())
        .code(4);
    ran.refuses(&format!("{} could not be written: ", folder.display()));
    let entries = fs::read_dir(&folder).expect("the folder is there");
    assert_eq!(entries.count(), 0, "nothing is left behind");
    fs::remove_dir_all(folder).expect("it can be removed");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let ran = selvedge("report unlocked --html /dev/full").code(4);
    ran.refuses("/dev/full could not be written: No space left on device");
}

#[test]
fn bad_usage_is_explained() {
    let ran = selvedge("report unlocked").code(2);
    ran.refuses("--html <FILE>");
    let ran = selvedge("report unlocked --html page.html --format json")
        .code(2)
        .json();
    assert_eq!(
        ran["error"]["message"],
        "`report` writes a page, which has no other format: leave `--format` out\n`check` and `show` have JSON"
    );
    let ran = selvedge("report unlocked --threads 16 --html -").code(2);
    ran.refuses("explorer models at most 15 threads beside the main one, and this spawns 16");
    let ran = selvedge("report unlokced --html -").code(2);
    ran.refuses("there is no such scenario");
}

#[test]
fn what_was_not_explored_to_the_end_is_inconclusive_and_there_is_a_page_all_the_same() {
    let ran = selvedge("report unlocked --iterations 9 --time 200ms --html -").code(3);
    assert_eq!(names(&ran.quietly().stdout), ["unlocked"]);
    ran.shows("\"goal\":null");
}
