//! A file that is there as a whole, or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

/// A file that is being written beside its final name, and takes that name when all of it is written.
///
/// What is no regular file (a pipe, a device) is written to as it is.
#[derive(Debug)]
pub struct WholeFile {
    file: File,
    /// The file beside the final name; `None` if the final one is written to.
    beside: Option<PathBuf>,
    path: PathBuf,
}

impl WholeFile {
    /// Begins a file.
    ///
    /// # Errors
    ///
    /// If it cannot be created.
    pub fn create(path: &Path) -> io::Result<Self> {
        // The file that a link leads to is replaced, and not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let before = fs::metadata(&path).ok();
        if before.as_ref().is_some_and(|before| !before.is_file()) {
            let file = OpenOptions::new().write(true).open(&path)?;
            return Ok(WholeFile {
                file,
                beside: None,
                path,
            });
        }
        let (file, beside) = create_beside(&path)?;
        let whole = WholeFile {
            file,
            beside: Some(beside),
            path,
        };
        if let Some(before) = before {
            whole.file.set_permissions(before.permissions())?;
        }
        Ok(whole)
    }

    /// Writes all of it, and gives it its final name.
    ///
    /// # Errors
    ///
    /// If it cannot be written. Then nothing is left behind, and what had the name before still has it.
    pub fn finish(mut self, text: &str) -> io::Result<()> {
        self.file.write_all(text.as_bytes())?;
        self.file.flush()?;
        if let Some(beside) = &self.beside {
            self.file.sync_all()?;
            fs::rename(beside, &self.path)?;
            self.beside = None;
        }
        Ok(())
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if let Some(beside) = &self.beside {
            // There is nothing more that could be done.
            let _ = fs::remove_file(beside);
        }
    }
}

/// Creates a file beside another, with a name that nobody else uses.
fn create_beside(path: &Path) -> io::Result<(File, PathBuf)> {
    if path.file_name().is_none() {
        let what = "this is no name of a file";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    let mut number = 0_u32;
    loop {
        let beside = path.with_file_name(format!(".selvedge-{}-{number}.part", process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&beside) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < u32::MAX => number += 1,
            Err(error) => return Err(error),
            Ok(file) => return Ok((file, beside)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("selvedge-{name}-{}", process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("the folder is there");
        entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect()
    }

    #[test]
    fn the_name_is_taken_only_when_everything_is_written() {
        let folder = folder("whole");
        let path = folder.join("page.html");
        fs::write(&path, "old").expect("it can be written");
        let file = WholeFile::create(&path).expect("it can be created");
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "old");
        drop(file);
        assert_eq!(
            names(&folder),
            ["page.html"],
            "a file that was given up leaves nothing"
        );
        let file = WholeFile::create(&path).expect("it can be created");
        file.finish("new").expect("it can be written");
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "new");
        assert_eq!(names(&folder), ["page.html"]);
        fs::remove_dir_all(folder).expect("it can be removed");
    }

    #[test]
    fn two_files_in_one_folder_do_not_meet() {
        let folder = folder("two");
        let [one, other] = ["one.html", "other.html"].map(|name| {
            let path = folder.join(name);
            WholeFile::create(&path).expect("it can be created")
        });
        one.finish("1").expect("it can be written");
        other.finish("2").expect("it can be written");
        let text = |name| fs::read_to_string(folder.join(name)).expect("it is there");
        assert_eq!([text("one.html"), text("other.html")], ["1", "2"]);
        fs::remove_dir_all(folder).expect("it can be removed");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        use std::os::unix::fs::FileTypeExt;
        let full = Path::new("/dev/full");
        let error = WholeFile::create(full)
            .and_then(|file| file.finish("text"))
            .expect_err("it is full");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(
            fs::metadata(full)
                .expect("it is there")
                .file_type()
                .is_char_device()
        );
    }
}
