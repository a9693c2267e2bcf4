//! A browser to test the page in: headless Chromium, driven as a reader would, by keys and by the pointer.
//!
//! The environment variable `SELVEDGE_CHROMIUM` names the program, if it is not found by itself. Where there is
//! no Chromium, tests are skipped, and say so, unless `SELVEDGE_NEEDS_BROWSER` is set.

use headless_chrome::browser::tab::Tab;
use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::protocol::cdp::{Emulation, Log, Network, Page, Runtime};
use headless_chrome::{Browser, LaunchOptions};
use serde_json::Value;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The names of the program on the systems that we know.
const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Returns the path of Chromium; `None` if there is none, which is printed.
///
/// # Panics
///
/// If there is none, and `SELVEDGE_NEEDS_BROWSER` is set.
pub fn chromium() -> Option<PathBuf> {
    let named = env::var_os("SELVEDGE_CHROMIUM").map(PathBuf::from);
    let folders: Vec<PathBuf> = env::var_os("PATH")
        .map(|path| env::split_paths(&path).collect())
        .unwrap_or_default();
    let all = NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let found = named.into_iter().chain(all).find(|file| file.is_file());
    if found.is_none() {
        assert!(
            env::var_os("SELVEDGE_NEEDS_BROWSER").is_none(),
            "there is no Chromium: install `chromium`, or name it in SELVEDGE_CHROMIUM"
        );
        println!("skipped: there is no Chromium here; install `chromium`, or name it in SELVEDGE_CHROMIUM");
    }
    found
}

/// A page that is open in a browser of its own.
pub struct Reader {
    tab: Arc<Tab>,
    seen: Arc<Mutex<Seen>>,
    file: PathBuf,
    _browser: Browser,
}

/// What the page has done that it must not.
#[derive(Debug, Default)]
struct Seen {
    requests: Vec<String>,
    faults: Vec<String>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

impl Reader {
    /// Opens a page in this browser. `name` tells its file from those of other tests.
    ///
    /// # Panics
    ///
    /// If the browser cannot be driven.
    pub fn open(chromium: &Path, name: &str, html: &str) -> Self {
        let file = env::temp_dir().join(format!("selvedge-{name}-{}.html", std::process::id()));
        fs::write(&file, html).expect("the page can be written");
        let options = LaunchOptions::default_builder()
            .path(Some(chromium.to_owned()))
            // Chromium refuses to run as root with its sandbox.
            .sandbox(false)
            .window_size(Some((1280, 900)))
            .idle_browser_timeout(Duration::from_secs(120))
            .args(vec![OsStr::new("--force-color-profile=srgb")])
            .build()
            .expect("the options are complete");
        let browser = Browser::new(options).expect("Chromium starts");
        let tab = browser.new_tab().expect("a tab");
        let seen = Arc::new(Mutex::new(Seen::default()));
        watch(&tab, &seen);
        let reader = Reader {
            tab,
            seen,
            file,
            _browser: browser,
        };
        reader.navigate("");
        reader
    }

    /// Opens the page again, at a level: `#level-2`.
    ///
    /// # Panics
    ///
    /// If it cannot be loaded.
    pub fn navigate(&self, level: &str) {
        let address = format!("file://{}{level}", self.file.display());
        self.tab.navigate_to("about:blank").expect("it can be left");
        self.tab.wait_until_navigated().expect("it is left");
        self.tab.navigate_to(&address).expect("the page can be opened");
        self.tab.wait_until_navigated().expect("the page is loaded");
    }

    /// Evaluates an expression in the page.
    ///
    /// # Panics
    ///
    /// If it throws.
    pub fn value(&self, expression: &str) -> Value {
        let script = format!("JSON.stringify({expression})");
        let object = self
            .tab
            .evaluate(&script, false)
            .unwrap_or_else(|error| panic!("{expression}: {error}"));
        match object.value {
            Some(Value::String(json)) => serde_json::from_str(&json).expect("it is JSON"),
            _ => Value::Null,
        }
    }

    /// Returns the text of each element that fits the selector, without repeated white space.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let texts = format!(
            "[...document.querySelectorAll({selector:?})].map((element) => element.textContent.replace(/\\s+/g, ' ').trim())"
        );
        let texts = self.value(&texts);
        let texts = texts.as_array().expect("a list").iter();
        texts
            .map(|text| text.as_str().expect("a text").to_owned())
            .collect()
    }

    /// Returns the text of the first element that fits; empty if there is none.
    pub fn text(&self, selector: &str) -> String {
        self.texts(selector).into_iter().next().unwrap_or_default()
    }

    /// Presses a key, such as `1` or `ArrowLeft`.
    ///
    /// # Panics
    ///
    /// If there is no such key.
    pub fn press(&self, key: &str) {
        self.tab
            .press_key(key)
            .unwrap_or_else(|error| panic!("{key}: {error}"));
    }

    /// Presses keys, one after the other, separated by spaces.
    pub fn play(&self, keys: &str) {
        keys.split_whitespace().for_each(|key| self.press(key));
    }

    /// Clicks on the first element that fits, whose text begins so.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn click(&self, selector: &str, beginning: &str) {
        let click = format!(
            "(() => {{ const found = [...document.querySelectorAll({selector:?})].find((element) => \
             element.textContent.trim().startsWith({beginning:?})); found?.click(); return found !== undefined; }})()"
        );
        assert_eq!(self.value(&click), Value::Bool(true), "{selector} {beginning}");
    }

    /// Makes the window as wide and as high as this, as that of a phone is.
    ///
    /// # Panics
    ///
    /// If the browser refuses.
    pub fn resize(&self, width: u32, height: u32) {
        let metrics = Emulation::SetDeviceMetricsOverride {
            width,
            height,
            device_scale_factor: 1.0,
            mobile: width < 600,
            scale: None,
            screen_width: None,
            screen_height: None,
            position_x: None,
            position_y: None,
            dont_set_visible_size: None,
            screen_orientation: None,
            viewport: None,
            display_feature: None,
            device_posture: None,
        };
        self.tab.call_method(metrics).expect("the size can be set");
    }

    /// Asks for light or dark colours.
    ///
    /// # Panics
    ///
    /// If the browser refuses.
    pub fn prefer(&self, scheme: &str) {
        let feature = Emulation::MediaFeature {
            name: "prefers-color-scheme".to_owned(),
            value: scheme.to_owned(),
        };
        let media = Emulation::SetEmulatedMedia {
            media: None,
            features: Some(vec![feature]),
        };
        self.tab.call_method(media).expect("the colours can be chosen");
    }

    /// Writes a picture of what can be seen into a file.
    ///
    /// # Panics
    ///
    /// If it cannot be taken or written.
    pub fn picture(&self, file: &Path) {
        let format = Page::CaptureScreenshotFormatOption::Png;
        let picture = self.tab.capture_screenshot(format, None, None, true);
        fs::write(file, picture.expect("a picture")).expect("it can be written");
    }

    /// Checks that the page has asked for nothing but itself, and that no script has failed or complained.
    ///
    /// # Panics
    ///
    /// If it has.
    pub fn is_clean(&self) {
        // What the browser has to tell arrives before the answer to this.
        self.value("document.title");
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let own = format!("file://{}", self.file.display());
        let is_foreign = |address: &&String| {
            !address.starts_with(&own) && !address.starts_with("data:") && *address != "about:blank"
        };
        let foreign: Vec<&String> = seen.requests.iter().filter(is_foreign).collect();
        assert!(
            seen.requests.iter().any(|address| address.starts_with(&own)),
            "requests are seen"
        );
        assert!(foreign.is_empty(), "the page asks for {foreign:?}");
        assert!(seen.faults.is_empty(), "{:#?}", seen.faults);
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // A file in the folder for temporary files may stay.
        let _ = fs::remove_file(&self.file);
    }
}

/// Notes requests, exceptions and messages of the console.
fn watch(tab: &Arc<Tab>, seen: &Arc<Mutex<Seen>>) {
    let noted = Arc::clone(seen);
    tab.add_event_listener(Arc::new(move |event: &Event| {
        let mut seen = noted.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::NetworkRequestWillBeSent(sent) => seen.requests.push(sent.params.request.url.clone()),
            Event::RuntimeExceptionThrown(thrown) => {
                seen.faults.push(format!("{:?}", thrown.params.exception_details));
            }
            Event::RuntimeConsoleAPICalled(called) => seen.faults.push(format!("{:?}", called.params.args)),
            Event::LogEntryAdded(entry) => seen.faults.push(entry.params.entry.text.clone()),
            _ => {}
        }
    }))
    .expect("events can be listened to");
    let network = Network::Enable {
        max_total_buffer_size: None,
        max_resource_buffer_size: None,
        max_post_data_size: None,
        report_direct_socket_traffic: None,
        enable_durable_messages: None,
    };
    tab.call_method(network).expect("requests can be watched");
    tab.call_method(Runtime::Enable(None))
        .expect("scripts can be watched");
    tab.call_method(Log::Enable(None))
        .expect("the log can be watched");
}
