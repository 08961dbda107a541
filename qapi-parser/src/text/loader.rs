//! Loads the text of schema files.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// A source of schema files.
///
/// Paths are the main file's, as given to
/// [`Parser::parse`](crate::Parser::parse), and for included files the
/// including file's folder joined with what the directive says. They are
/// separated by `/` and may hold `.` and `..`.
pub trait Loader {
    /// The bytes of a file.
    ///
    /// # Errors
    ///
    /// Returns an error if the file does not exist or cannot be read.
    fn load(&self, path: &str) -> io::Result<Cow<'_, [u8]>>;

    /// Returns a text that identifies the file, however its path is written. By
    /// default, this is the path without `.` and `..`.
    ///
    /// A file is loaded once only.
    fn identity(&self, path: &str) -> String {
        normalize(path)
    }
}

/// The maximum size of a file in bytes: 16 MiB. QEMU's schema files, and the
/// introspection that QEMU returns, have less than a twentieth of this size.
pub const LARGEST_FILE: u64 = 16 << 20;

/// Reads a file as [`FileSystem`] does.
///
/// ```
/// let error = qapi_parser::loader::read_file("/").unwrap_err();
/// assert!(error.to_string().contains("it is a directory"));
/// ```
///
/// # Errors
///
/// Returns an error if the file cannot be read, has more than [`LARGEST_FILE`]
/// bytes, or is not a regular file: reading a device or a named pipe may never
/// end.
pub fn read_file(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    let path = path.as_ref();
    // Opening a pipe waits for its other end.
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        let message = "it is a directory, and not a file";
        return Err(io::Error::new(io::ErrorKind::IsADirectory, message));
    }
    if !metadata.is_file() {
        let message = "it is a device, a pipe or a socket, and not a file";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    if metadata.len() > LARGEST_FILE {
        return Err(too_large());
    }
    read_all(File::open(path)?)
}

/// Reads up to [`LARGEST_FILE`] bytes.
///
/// ```
/// let text = qapi_parser::loader::read_all(&b"{ 'command': 'stop' }"[..])?;
/// assert_eq!(text.len(), 21);
/// assert!(qapi_parser::loader::read_all(std::io::repeat(b' ')).is_err());
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Returns an error if there are more bytes, or if reading fails.
pub fn read_all(from: impl io::Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // Some file systems report a size that is too small.
    from.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(too_large());
    }
    Ok(bytes)
}

fn too_large() -> io::Error {
    let message = format!("it is larger than {} MiB", LARGEST_FILE >> 20);
    io::Error::new(io::ErrorKind::FileTooLarge, message)
}

/// Loads from the file system, with [`read_file`].
#[derive(Clone, Copy, Debug, Default)]
pub struct FileSystem;

impl Loader for FileSystem {
    fn load(&self, path: &str) -> io::Result<Cow<'_, [u8]>> {
        read_file(path).map(Cow::Owned)
    }

    /// Links are resolved, so that a file has one identity.
    fn identity(&self, path: &str) -> String {
        let real = fs::canonicalize(path).ok();
        let real = real.and_then(|path| path.to_str().map(str::to_owned));
        real.unwrap_or_else(|| normalize(path))
    }
}

/// Loads from memory.
///
/// ```
/// use qapi_parser::loader::Memory;
/// use qapi_parser::Parser;
///
/// let files = Memory::from_iter([
///     ("main.json", "{ 'include': 'sub/stop.json' }"),
///     ("sub/stop.json", "{ 'command': 'stop' }"),
/// ]);
/// let parsed = Parser::new().parse(&files, "main.json").unwrap();
/// assert!(parsed.schema.command_named("stop").is_some());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Memory<'a> {
    files: BTreeMap<String, Cow<'a, str>>,
}

impl<'a> Memory<'a> {
    /// Adds a file, or replaces it.
    pub fn insert(&mut self, path: &str, text: impl Into<Cow<'a, str>>) {
        self.files.insert(normalize(path), text.into());
    }
}

impl<'a, P: AsRef<str>, T: Into<Cow<'a, str>>> FromIterator<(P, T)> for Memory<'a> {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(files: I) -> Self {
        let mut memory = Memory::default();
        for (path, text) in files {
            memory.insert(path.as_ref(), text);
        }
        memory
    }
}

impl Loader for Memory<'_> {
    fn load(&self, path: &str) -> io::Result<Cow<'_, [u8]>> {
        match self.files.get(&normalize(path)) {
            Some(text) => Ok(Cow::Borrowed(text.as_bytes())),
            None => Err(io::Error::new(
                io::ErrorKind::NotFound,
                "No such file or directory",
            )),
        }
    }
}

/// Returns the directory of a file, without a trailing `/`.
pub(crate) fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..slash.max(1)])
}

/// Joins a directory and a path.
pub(crate) fn join(folder: &str, path: &str) -> String {
    if folder.is_empty() || path.starts_with('/') {
        path.to_owned()
    } else if folder.ends_with('/') {
        format!("{folder}{path}")
    } else {
        format!("{folder}/{path}")
    }
}

/// Removes `.` and, where possible, `..` from a path, so that two paths of one
/// file compare equal.
pub(crate) fn normalize(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let absolute = path.starts_with('/');
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if absolute {
        format!("/{joined}")
    } else {
        joined
    }
}

/// Makes a normalized path relative to a normalized directory.
pub(crate) fn relative(path: &str, folder: &str) -> String {
    let parts = |path: &str| -> Vec<String> {
        path.split('/')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (path_parts, folder_parts) = (parts(path), parts(folder));
    let common = path_parts
        .iter()
        .zip(&folder_parts)
        .take_while(|(a, b)| a == b)
        .count();
    // The directory that a leading `..` refers to is unknown.
    if path.starts_with('/') != folder.starts_with('/')
        || folder_parts[common..].iter().any(|part| part == "..")
    {
        return path.to_owned();
    }
    let up = std::iter::repeat_n("..", folder_parts.len() - common);
    let down = path_parts[common..].iter().map(String::as_str);
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalized() {
        for (path, expected) in [
            ("a/b.json", "a/b.json"),
            ("./a//b.json", "a/b.json"),
            ("a/../b.json", "b.json"),
            ("../../b.json", "../../b.json"),
            ("/../a/./b.json", "/a/b.json"),
        ] {
            assert_eq!(normalize(path), expected);
        }
    }

    #[test]
    fn paths_are_relative_to_a_folder() {
        for (path, folder, expected) in [
            ("qapi/a.json", "qapi", "a.json"),
            ("qapi/a.json", "sd/qapi", "../../qapi/a.json"),
            ("/x/a.json", "/x/y", "../a.json"),
            ("a.json", "", "a.json"),
            ("../a.json", "..", "a.json"),
            ("a.json", "..", "a.json"),
        ] {
            assert_eq!(relative(path, folder), expected);
        }
    }

    #[test]
    fn included_paths_are_joined() {
        assert_eq!(join(folder("a/b.json"), "c.json"), "a/c.json");
        assert_eq!(join(folder("b.json"), "c.json"), "c.json");
        assert_eq!(join(folder("/b.json"), "c.json"), "/c.json");
        assert_eq!(join(folder("a/b.json"), "/c.json"), "/c.json");
    }
}
