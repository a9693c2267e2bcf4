//! Tests of the page in a real browser.

use selvedge_browser_tests::{Reader, chromium};

#[test]
fn pictures() {
    let Some(chromium) = chromium() else { return };
    let html = std::fs::read_to_string("/tmp/scratch/page.html").unwrap();
    let reader = Reader::open(&chromium, "pictures", &html);
    reader.resize(1280, 1000);
    let go = |name: &str, level: &str, keys: &str, top: u32| {
        reader.navigate(level);
        reader.play(keys);
        if top > 0 { reader.value(&format!("scrollTo(0, {top})")); } else { reader.value("document.querySelector('.playing').scrollIntoView()"); }
        reader.picture(std::path::Path::new(&format!("/tmp/scratch/{name}.png")));
    };
    go("p1", "#level-1", "2 1 1 2 0", 0);
    reader.prefer("dark");
    go("p2", "#level-3", "1 2 1 2 1", 0);
    go("p6", "#level-9", "1 1 1", 0);
    reader.prefer("light");
    reader.navigate("#level-9");
    reader.click(".modes button", "how it ends at deadlock");
    reader.play("ArrowRight ArrowRight ArrowRight ArrowRight ArrowRight ArrowRight ArrowRight ArrowRight ArrowRight ArrowRight");
    reader.value("document.querySelector('.playing').scrollIntoView()");
    reader.picture(std::path::Path::new("/tmp/scratch/p3.png"));
    reader.resize(320, 1400);
    go("p4", "#level-1", "2 1 1 2 0", 0);
    go("p5", "#level-6", "", 1);
    println!("{:?}", reader.value("[document.documentElement.scrollWidth, innerWidth]"));
    reader.is_clean();
}
