//! Makes foreign text safe to show.

use std::borrow::Cow;

/// Escapes characters that are invisible or that affect a terminal: control
/// characters, line ends included, characters that change the direction of text,
/// and characters without width. They become escapes such as `\u{1b}`.
///
/// Messages and comments that contain parts of a schema, of an introspection or
/// of a path are escaped once, where they are put together.
///
/// ```
/// use qapi_parser::visible;
///
/// assert_eq!(visible("a plain name"), "a plain name");
/// assert_eq!(visible("red \x1b[31m\nline"), "red \\u{1b}[31m\\nline");
/// assert_eq!(visible("\u{202e}txt.exe"), "\\u{202e}txt.exe");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    // The common case.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => shown.extend(c.escape_default()),
            _ if is_hidden(c) => shown.extend(c.escape_unicode()),
            _ => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Escapes a part of a diagnostic, and shortens it to a readable length.
#[cfg(feature = "text")]
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 1000;
    let mut shown = visible(text).into_owned();
    if let Some((end, _)) = shown.char_indices().nth(LONGEST) {
        shown.truncate(end);
        shown.push('…');
    }
    shown
}

/// Whether a character is invisible, or changes how others are displayed.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Marks, embeddings, overrides and isolates.
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
            // Separators of lines and paragraphs.
            | '\u{2028}' | '\u{2029}'
            // What has no width, joiners of letters aside.
            | '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}
