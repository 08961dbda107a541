//! Source files.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

pub use crate::span::Span;

/// A line and a column, both counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// A file that was read.
#[derive(Debug)]
pub struct Source {
    /// The path it was read from, as QEMU's generator would print it: the
    /// including file's folder joined with what the directive says.
    pub path: String,
    /// The text, with `\n` for every line end.
    pub text: Arc<str>,
    /// The directive that included it; none for the main file.
    pub included_from: Option<Span>,
    line_starts: OnceLock<Vec<u32>>,
    /// How many characters there are before each block of [`BLOCK`] bytes: a
    /// file may be one line, and have a diagnostic at every byte.
    counts: OnceLock<Vec<u32>>,
}

const BLOCK: usize = 1024;

fn starts_character(byte: &&u8) -> bool {
    **byte & 0b1100_0000 != 0b1000_0000
}

impl Source {
    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let after_newlines = self
                .text
                .bytes()
                .enumerate()
                .filter(|(_, byte)| *byte == b'\n')
                .map(|(at, _)| at as u32 + 1);
            std::iter::once(0).chain(after_newlines).collect()
        })
    }

    /// The line, counted from 0, that holds a byte. The place after a final
    /// newline belongs to the line that it ends, as in QEMU's messages.
    fn line_index(&self, offset: u32) -> usize {
        let starts = self.line_starts();
        let index = starts.partition_point(|start| *start <= offset) - 1;
        let past_end = index > 0 && starts[index] as usize == self.text.len();
        index - usize::from(past_end)
    }

    /// The line and column of a byte.
    pub fn position(&self, offset: u32) -> Position {
        let index = self.line_index(offset);
        let start = self.line_starts()[index];
        Position {
            line: index as u32 + 1,
            column: self.characters_before(offset) - self.characters_before(start) + 1,
        }
    }

    fn characters_before(&self, offset: u32) -> u32 {
        let bytes = self.text.as_bytes();
        let offset = (offset as usize).min(bytes.len());
        let counts = self.counts.get_or_init(|| {
            let blocks = bytes.chunks(BLOCK);
            let counts = blocks.scan(0, |sum, block| {
                let before = *sum;
                *sum += block.iter().filter(starts_character).count() as u32;
                Some(before)
            });
            counts.collect()
        });
        let block = offset / BLOCK;
        let Some(before) = counts.get(block) else {
            // The end of the text, at the end of a block or of no text at all.
            return bytes.iter().filter(starts_character).count() as u32;
        };
        let rest = &bytes[block * BLOCK..offset];
        before + rest.iter().filter(starts_character).count() as u32
    }

    /// The offset at which the line of a byte starts.
    pub fn line_start(&self, offset: u32) -> u32 {
        self.line_starts()[self.line_index(offset)]
    }

    /// The offset after the last byte of the line of a byte, its newline
    /// excluded.
    pub fn line_end(&self, offset: u32) -> u32 {
        let next = self.line_starts().get(self.line_index(offset) + 1);
        next.map_or(self.text.len() as u32, |next| next - 1)
    }
}

/// The files that a schema was read from.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a file and gives its index.
    pub(crate) fn add(&mut self, path: String, text: Arc<str>, included_from: Option<Span>) -> u32 {
        self.files.push(Source {
            path,
            text,
            included_from,
            line_starts: OnceLock::new(),
            counts: OnceLock::new(),
        });
        self.files.len() as u32 - 1
    }

    /// The files, in the order in which they were opened; the main file is
    /// the first.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.files.iter()
    }

    /// The paths of all files, for example for `cargo::rerun-if-changed`.
    pub fn paths(&self) -> impl Iterator<Item = PathBuf> + '_ {
        self.files.iter().map(|file| PathBuf::from(&file.path))
    }

    /// The file of a span.
    pub fn file(&self, span: Span) -> &Source {
        &self.files[span.file as usize]
    }

    /// The text of a span.
    pub fn text(&self, span: Span) -> &str {
        let range = span.start as usize..span.end as usize;
        self.file(span).text.get(range).unwrap_or_default()
    }

    /// The directives through which the file of a span was included, the
    /// nearest first.
    pub fn include_chain(&self, span: Span) -> impl Iterator<Item = Span> + '_ {
        std::iter::successors(self.file(span).included_from, |from| {
            self.file(*from).included_from
        })
    }
}
