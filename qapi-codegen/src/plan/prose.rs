//! From the reStructuredText of a schema's documentation to Markdown.
//!
//! Nothing in a schema may become a doctest, markup or a broken link: literal
//! text is fenced as `text`, what Markdown would read as markup is escaped, and
//! no line is indented so far that Markdown would make code of it.

use std::borrow::Cow;

use qapi_parser::visible;

/// Where the item is that the schema calls so.
type Place<'p> = &'p dyn Fn(&str) -> Option<String>;

/// A text in Markdown.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Prose {
    pub(super) text: String,
    /// Whether a block in it shows what is sent over the wire.
    pub(super) shows_wire: bool,
    /// Whether it begins with a block, which needs a line of its own.
    begins_with_block: bool,
}

impl Prose {
    /// Writes lines as a fenced block, without their common indentation.
    fn fence(&mut self, out: &mut Vec<String>, block: &[String]) {
        let filled = |line: &&String| !line.trim().is_empty();
        let indent = block
            .iter()
            .filter(filled)
            .map(|line| indent_of(line))
            .min()
            .unwrap_or(0);
        let options = |line: &String| line.trim().is_empty() || line.trim().starts_with(':');
        let lines: Vec<&str> = block
            .iter()
            .skip_while(|line| options(line))
            .map(|line| line.get(indent..).unwrap_or(""))
            .collect();
        let text = lines.join("\n");
        if text.trim().is_empty() {
            return;
        }
        self.shows_wire |= shows_command(block);
        self.begins_with_block |= out.iter().all(|line| line.trim().is_empty());
        out.push(fenced(text.trim_end()));
        out.push(String::new());
    }
}

/// Converts a text. Names that have a place become links.
pub(super) fn markdown(text: &str, place: Place<'_>) -> Prose {
    let mut prose = Prose::default();
    let mut out = Vec::new();
    let text = plain(text);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let indent = indent_of(line);
        let trimmed = line.trim();
        if let Some(directive) = directive(trimmed) {
            match directive {
                Directive::Literal => prose.fence(&mut out, &take_block(&mut lines, indent)),
                Directive::Admonition(title) => {
                    let text = trimmed.split_once("::").map_or("", |(_, text)| text.trim());
                    out.push(
                        format!("**{title}:** {}", inline(text, place))
                            .trim_end()
                            .to_owned(),
                    );
                }
                Directive::Dropped => drop(take_block(&mut lines, indent)),
            }
        } else if let Some(lead) = trimmed.strip_suffix("::") {
            if !lead.is_empty() {
                out.push(format!("{}:", inline(lead, place)));
            }
            prose.fence(&mut out, &take_block(&mut lines, indent));
        } else if is_wire_example(trimmed) {
            let mut block = vec![line.to_owned()];
            block.extend(std::iter::from_fn(|| {
                lines
                    .next_if(|line| !line.trim().is_empty())
                    .map(str::to_owned)
            }));
            prose.fence(&mut out, &block);
        } else if indent >= 4 {
            // Markdown would make code of it, and rustdoc a doctest of that.
            out.push(format!("   {}", inline(trimmed, place)));
        } else {
            out.push(format!("{}{}", &line[..indent], inline(trimmed, place)));
        }
    }
    out.join("\n").trim().clone_into(&mut prose.text);
    prose
}

/// An example as a block of its own, empty where there is nothing to be seen.
pub(super) fn example(text: &str) -> Prose {
    if text.trim().is_empty() {
        return Prose::default();
    }
    Prose {
        text: fenced(text),
        shows_wire: shows_command(text.lines()),
        begins_with_block: true,
    }
}

/// Whether one of the lines is the beginning of what is sent.
fn shows_command<L: AsRef<str>>(lines: impl IntoIterator<Item = L>) -> bool {
    let starts = |line: L| line.as_ref().trim_start().starts_with("-> {");
    lines.into_iter().any(starts)
}

/// Converts a text into one paragraph, its first.
pub(super) fn paragraph(text: &str, place: Place<'_>) -> String {
    plain(text)
        .split("\n\n")
        .next()
        .map(|first| {
            inline(
                &first.split_whitespace().collect::<Vec<_>>().join(" "),
                place,
            )
        })
        .unwrap_or_default()
}

/// A name or a condition as code. Code within a line has no escapes.
pub(super) fn code(text: &str) -> String {
    format!("`{}`", visible(text).replace('`', "'"))
}

/// Literal text as a block of its own.
pub(super) fn fenced(text: &str) -> String {
    let text = plain(text);
    format!(
        "```text\n{}\n```",
        text.trim_matches('\n').replace("```", "'''")
    )
}

/// What is introduced, behind its introduction.
pub(super) fn introduced(introduction: &str, prose: &Prose) -> String {
    let space = if prose.begins_with_block { "\n\n" } else { " " };
    format!("{introduction}{space}{}", prose.text)
}

/// The text in lines of visible characters.
fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(|c: char| c != '\n' && !(' '..='~').contains(&c)) {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.replace('\t', "    ");
    let lines: Vec<_> = text.lines().map(visible).collect();
    Cow::Owned(lines.join("\n"))
}

enum Directive {
    Literal,
    Admonition(&'static str),
    Dropped,
}

fn directive(line: &str) -> Option<Directive> {
    let rest = line.strip_prefix(".. ")?;
    Some(match rest.split("::").next().unwrap_or_default() {
        "qmp-example" | "code-block" | "code" => Directive::Literal,
        "note" => Directive::Admonition("Note"),
        "tip" => Directive::Admonition("Tip"),
        "warning" | "caution" | "danger" | "attention" => Directive::Admonition("Warning"),
        "admonition" => Directive::Admonition("Notes"),
        "important" => Directive::Admonition("Important"),
        _ => Directive::Dropped,
    })
}

fn is_wire_example(line: &str) -> bool {
    line.starts_with("-> {") || line.starts_with("<- {")
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Takes the lines that are indented further than `indent`, and the blank ones
/// between them.
fn take_block(lines: &mut std::iter::Peekable<std::str::Lines<'_>>, indent: usize) -> Vec<String> {
    let mut block = Vec::new();
    while let Some(line) = lines.next_if(|line| line.trim().is_empty() || indent_of(line) > indent)
    {
        block.push(line.to_owned());
    }
    block
}

/// Converts what stands within a line: `@name` and ``literal`` become code, a
/// role loses its name, all other signs lose their meaning in Markdown. Behind
/// the sign of a list, five spaces would begin code; so there are never more
/// than two.
fn inline(text: &str, place: Place<'_>) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        if let Some((url, after)) = url(rest) {
            out.push_str(&format!("<{url}>"));
            rest = after;
            continue;
        }
        let code = literal(rest).map(|(code, after)| (code, None, after));
        let code = code.or_else(|| role(rest).map(|(code, after)| (code, place(code), after)));
        let code = code.or_else(|| {
            let (code, after) = reference(rest, &out)?;
            // What has no capitals is more likely a member than a command.
            let is_item = code.contains(|c: char| c.is_ascii_uppercase());
            Some((code, place(code).filter(|_| is_item), after))
        });
        if let Some((code, place, after)) = code {
            match place {
                Some(place) => out.push_str(&format!("[`{code}`]({place})")),
                None => out.push_str(&format!("`{code}`")),
            }
            rest = after;
            continue;
        }
        if matches!(
            sign,
            '`' | '~' | '[' | ']' | '<' | '>' | '*' | '_' | '\\' | '|' | '#' | '&'
        ) && !inside_word(sign, &out, rest)
        {
            out.push('\\');
        }
        if sign != ' ' || !out.ends_with("  ") {
            out.push(sign);
        }
        rest = &rest[sign.len_utf8()..];
    }
    out
}

/// `_` and `#` mean nothing to Markdown inside a word.
fn inside_word(sign: char, before: &str, rest: &str) -> bool {
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    matches!(sign, '_' | '#') && word(before.chars().next_back()) && word(rest.chars().nth(1))
}

/// An address, with or without angle brackets.
fn url(text: &str) -> Option<(&str, &str)> {
    let bare = text.strip_prefix('<').unwrap_or(text);
    if !bare.starts_with("http://") && !bare.starts_with("https://") {
        return None;
    }
    let end = bare
        .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`' | '[' | ']'))
        .unwrap_or(bare.len());
    let url = bare[..end].trim_end_matches(['.', ',', ';', ':', ')']);
    let after = &bare[url.len()..];
    Some((url, after.strip_prefix('>').unwrap_or(after)))
}

/// ``` ``code`` ```
fn literal(text: &str) -> Option<(&str, &str)> {
    let (code, after) = text.strip_prefix("``")?.split_once("``")?;
    (!code.is_empty() && !code.contains('`')).then_some((code, after))
}

/// `` :role:`text <target>` `` and `` `text` ``
fn role(text: &str) -> Option<(&str, &str)> {
    let quoted = match text.strip_prefix(':') {
        Some(rest) => {
            let (name, quoted) = rest.split_once(":`")?;
            name.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-:".contains(&b))
                .then_some(quoted)?
        }
        None => text.strip_prefix('`')?,
    };
    let (inner, after) = quoted.split_once('`')?;
    let shown = inner.split(" <").next().unwrap_or(inner).trim();
    (!shown.is_empty()).then_some((
        shown,
        after
            .strip_prefix("__")
            .or_else(|| after.strip_prefix('_'))
            .unwrap_or(after),
    ))
}

/// `@name`
fn reference<'a>(text: &'a str, before: &str) -> Option<(&'a str, &'a str)> {
    let rest = text.strip_prefix('@')?;
    if before.ends_with(char::is_alphanumeric) {
        return None;
    }
    let end = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_'))
        .unwrap_or(rest.len());
    let name = rest[..end].trim_end_matches(['-', '_']);
    (!name.is_empty()).then(|| (name, &rest[name.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rst: &str, expected: &str) {
        let place = |name: &str| (name == "Known").then(|| "super::Known".to_owned());
        assert_eq!(markdown(rst, &place).text, expected);
    }

    #[test]
    fn inline_markup() {
        check(
            "Sets @auto-read to ``true``.",
            "Sets `auto-read` to `true`.",
        );
        check(
            "See :ref:`the manual <man>` or `Thing`_.",
            "See `the manual` or `Thing`.",
        );
        check("a[0] <b> *c* x_y _z", "a\\[0\\] \\<b\\> \\*c\\* x_y \\_z");
        check("mail@example.org", "mail@example.org");
        check(
            "a @Known or :qapi:type:`Known` ``Known``",
            "a [`Known`](super::Known) or [`Known`](super::Known) `Known`",
        );
        check(
            "see <http://a.org/b_c>, https://d.org.",
            "see <http://a.org/b_c>, <https://d.org>.",
        );
    }

    #[test]
    fn literal_blocks_are_no_doctests() {
        check(
            "Like so::\n\n  let x = 1;\n\n  y\n\nEnd.",
            "Like so:\n```text\nlet x = 1;\n\ny\n```\n\nEnd.",
        );
        check(
            ".. qmp-example::\n   :title: T\n\n   -> { \"execute\": \"stop\" }\n   <- { \"return\": {} }",
            "```text\n-> { \"execute\": \"stop\" }\n<- { \"return\": {} }\n```",
        );
        check(
            "-> { \"execute\": \"stop\" }\n<- { \"return\": {} }\n\nx",
            "```text\n-> { \"execute\": \"stop\" }\n<- { \"return\": {} }\n```\n\n\nx",
        );
        check("text\n\n      far in", "text\n\n   far in");
    }

    #[test]
    fn what_is_sent_is_known() {
        let nothing = |_: &str| None;
        for (rst, expected) in [
            ("-> { 'execute': 'stop' }\n<- { 'return': {} }", true),
            (".. qmp-example::\n\n   -> { 'execute': 'stop' }", true),
            ("Like so::\n\n  -> { 'execute': 'stop' }", true),
            ("<- { 'event': 'STOP' }", false),
            ("Sends -> { or so.", false),
        ] {
            assert_eq!(markdown(rst, &nothing).shows_wire, expected, "{rst}");
        }
        assert!(example("a\n  -> { 'execute': 'stop' }").shows_wire);
        assert_eq!(example(" \n"), Prose::default());
    }

    #[test]
    fn a_block_is_introduced_on_a_line_of_its_own() {
        let prose = |rst: &str| markdown(rst, &|_| None);
        assert_eq!(introduced("a:", &prose("b")), "a: b");
        assert_eq!(
            introduced("a:", &prose("::\n\n  b")),
            "a:\n\n```text\nb\n```"
        );
        assert_eq!(
            introduced("a:", &prose("c::\n\n  b")),
            "a: c:\n```text\nb\n```"
        );
    }

    #[test]
    fn directives() {
        check(".. note:: take\n   care", "**Note:** take\n   care");
    }
}
