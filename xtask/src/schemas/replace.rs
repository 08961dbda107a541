//! Writes many files, or none.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Files by their paths from the workspace's folder, with `/`.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// Writes the files that differ and removes others. On an error, everything is as it
/// was before.
///
/// Returns the paths of what was changed.
pub(super) fn replace(root: &Path, files: &Files, removed: &[String]) -> Result<Vec<String>> {
    let changed: Vec<&String> = files
        .iter()
        .filter(|(path, bytes)| fs::read(root.join(path)).ok().as_ref() != Some(bytes))
        .map(|(path, _)| path)
        .collect();
    // In the same file system as the files, so that they can be renamed.
    let staging = tempfile::Builder::new()
        .prefix(".schemas-")
        .tempdir_in(root)
        .with_context(|| format!("{}: cannot be written", root.display()))?;
    let new = staging.path().join("new");
    for path in &changed {
        write(&new.join(path), &files[*path])?;
    }

    let mut done = Undo {
        root,
        old: staging.path().join("old"),
        moves: Vec::new(),
        made: Vec::new(),
    };
    for path in removed.iter().chain(changed.iter().copied()) {
        if root.join(path).exists() {
            done.set_aside(path)?;
        }
    }
    for path in &changed {
        done.put(&new, path)?;
    }
    done.keep();
    for path in removed {
        remove_empty_folders(root, path);
    }
    let paths = removed.iter().chain(changed);
    Ok(paths.cloned().collect())
}

/// What was done, and is undone when this is dropped.
struct Undo<'r> {
    root: &'r Path,
    /// Where the old files are, by their paths.
    old: PathBuf,
    /// The paths that were set aside.
    moves: Vec<String>,
    /// The paths of new files.
    made: Vec<String>,
}

impl Undo<'_> {
    fn set_aside(&mut self, path: &str) -> Result<()> {
        rename(&self.root.join(path), &self.old.join(path))?;
        self.moves.push(path.to_owned());
        Ok(())
    }

    fn put(&mut self, new: &Path, path: &str) -> Result<()> {
        rename(&new.join(path), &self.root.join(path))?;
        self.made.push(path.to_owned());
        Ok(())
    }

    fn keep(&mut self) {
        self.moves.clear();
        self.made.clear();
    }
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        for path in &self.made {
            // There is nobody to tell but the caller, who has an error already.
            _ = fs::remove_file(self.root.join(path));
            remove_empty_folders(self.root, path);
        }
        for path in &self.moves {
            _ = rename(&self.old.join(path), &self.root.join(path));
        }
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    make_folder(path)
        .and_then(|()| fs::write(path, bytes))
        .with_context(|| format!("{}: cannot be written", path.display()))
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    make_folder(to)
        .and_then(|()| fs::rename(from, to))
        .with_context(|| format!("{}: cannot be moved to {}", from.display(), to.display()))
}

fn make_folder(of: &Path) -> io::Result<()> {
    of.parent().map_or(Ok(()), fs::create_dir_all)
}

fn remove_empty_folders(root: &Path, path: &str) {
    let folders = Path::new(path).ancestors().skip(1);
    for folder in folders.filter(|folder| !folder.as_os_str().is_empty()) {
        if fs::remove_dir(root.join(folder)).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(entries: &[(&str, &str)]) -> Files {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), text.as_bytes().to_vec());
        entries.iter().map(owned).collect()
    }

    #[test]
    fn only_what_differs_is_written() {
        let root = tempfile::tempdir().unwrap();
        let before = files(&[("a/one", "1"), ("a/two", "2"), ("b/three", "3")]);
        assert_eq!(replace(root.path(), &before, &[]).unwrap().len(), 3);
        let after = files(&[("a/one", "1"), ("a/two", "new")]);
        let changed = replace(root.path(), &after, &["b/three".to_owned()]).unwrap();
        assert_eq!(changed, ["b/three", "a/two"]);
        assert_eq!(fs::read(root.path().join("a/two")).unwrap(), b"new");
        assert!(!root.path().join("b").exists());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_error_leaves_everything_as_it_was() {
        let root = tempfile::tempdir().unwrap();
        let before = files(&[("a/one", "1"), ("file", "2")]);
        replace(root.path(), &before, &[]).unwrap();
        // The last of them cannot be written, since `file` is no folder.
        let after = files(&[("a/one", "new"), ("c/new", "3"), ("file/below", "4")]);
        replace(root.path(), &after, &[]).unwrap_err();
        assert_eq!(fs::read(root.path().join("a/one")).unwrap(), b"1");
        assert_eq!(fs::read(root.path().join("file")).unwrap(), b"2");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2);
    }
}
