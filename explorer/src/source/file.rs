//! The files of the source, as far as they are at hand.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 4 << 20;

/// Returns the text of a source file, if it is there and older than the program.
///
/// The compiler names the files of a workspace by their paths from its root. A test runs in the folder of its
/// package, and a program anywhere: so the path is tried from there upwards.
pub(super) fn read(path: &str) -> Option<String> {
    let path = Path::new(path);
    let found = candidates(path).into_iter().find(|file| file.is_file())?;
    let about = fs::metadata(&found).ok()?;
    if about.len() > LARGEST || about.modified().ok()? > built_at()? {
        return None;
    }
    fs::read_to_string(found).ok()
}

/// Returns the files that a path of the compiler's may stand for.
fn candidates(path: &Path) -> Vec<PathBuf> {
    if path.is_absolute() {
        return vec![path.to_owned()];
    }
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let folders = package.into_iter().chain(env::current_dir().ok());
    folders
        .flat_map(|folder| {
            folder
                .ancestors()
                .map(|folder| folder.join(path))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Returns the time at which the running program was built.
fn built_at() -> Option<SystemTime> {
    fs::metadata(env::current_exe().ok()?).ok()?.modified().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_file_is_found_from_the_folder_of_the_package() {
        let text = read(file!()).expect("it is there, and older than this test");
        assert!(text.starts_with("//! The files of the source"));
        assert_eq!(read("no/such/file.rs"), None);
    }
}
