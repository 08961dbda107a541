//! Files to expressions: follows includes, applies pragmas, and attaches each
//! documentation comment to its definition.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io;
use std::sync::Arc;

use crate::schema::Pragma;
use crate::text::diagnostic::{Diagnostic, Kind, Reporter};
use crate::text::dialect::Dialect;
use crate::text::doc::{self, Documentation};
use crate::text::loader::{self, Loader};
use crate::text::parse::{self, Item};
use crate::text::source::{Sources, Span};
use crate::text::tree::{Entry, Node, Value};

/// How deep includes may be nested. Deeper nesting is a mistake, and each level
/// needs stack.
const DEEPEST_INCLUDES: usize = 100;

/// QEMU's schemas have some 70 files of 2 MB in all.
const MOST_FILES: usize = 10_000;
const MOST_TEXT: usize = 64 << 20;

/// An object at the top level that is no directive.
#[derive(Debug)]
pub(crate) struct Expression {
    pub(crate) entries: Vec<Entry>,
    pub(crate) span: Span,
    pub(crate) doc: Option<Documentation>,
    /// The index of the module in [`Program::modules`].
    pub(crate) module: usize,
}

/// What a module holds, in source order.
#[derive(Debug)]
pub(crate) enum ModuleItem {
    Include(String),
    Pragma(Pragma),
    Doc(Documentation),
    /// An index into [`Program::expressions`].
    Expression(usize),
}

#[derive(Debug)]
pub(crate) struct ModuleSource {
    pub(crate) path: String,
    pub(crate) items: Vec<ModuleItem>,
}

/// All files of a schema.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) modules: Vec<ModuleSource>,
    /// In the order in which QEMU's generator meets them.
    pub(crate) expressions: Vec<Expression>,
    /// The settings that hold in the end. QEMU's generator reads all files
    /// before it looks at any definition, so these hold for every one.
    pub(crate) pragma: Pragma,
}

/// Reads a schema, starting from its main file.
pub(crate) fn read(
    loader: &dyn Loader,
    main_path: &str,
    sources: &mut Sources,
    reporter: &mut Reporter,
) -> Program {
    let main = loader::normalize(main_path);
    let mut reader = ProgramReader {
        loader,
        sources,
        reporter,
        folder: loader::folder(&main).to_owned(),
        included: HashSet::new(),
        open: Vec::new(),
        text_size: 0,
        is_full: false,
        program: Program::default(),
    };
    let text = match loader.load(main_path) {
        Ok(bytes) => reader.decode(main_path, &bytes, None),
        Err(error) => {
            reader
                .sources
                .add(main_path.to_owned(), Arc::default(), None);
            let message = format!("cannot read the schema '{main_path}': {}", reason(&error));
            reader.error(Kind::File, span_at(0, 0, 0), message);
            None
        }
    };
    if let Some(text) = text {
        let identity = loader.identity(main_path);
        reader.module(main_path, &main, identity, &text);
    }
    reader.program
}

/// The operating system's words for an error, without its number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}

/// A file's text as it was added to the sources.
struct Text {
    file: u32,
    text: Arc<str>,
}

struct ProgramReader<'a> {
    loader: &'a dyn Loader,
    sources: &'a mut Sources,
    reporter: &'a mut Reporter,
    /// The main file's folder, normalized.
    folder: String,
    /// The identities of the files met so far.
    included: HashSet<String>,
    /// Those that are being read: each includes the next.
    open: Vec<String>,
    /// How much was read.
    text_size: usize,
    /// Whether it was reported that there is too much to read, or too deep.
    is_full: bool,
    program: Program,
}

impl ProgramReader<'_> {
    /// Adds a file to the sources. Gives its text if it is text.
    fn decode(&mut self, path: &str, bytes: &[u8], from: Option<Span>) -> Option<Text> {
        let invalid = std::str::from_utf8(bytes).err();
        let text: Arc<str> = unify_line_ends(String::from_utf8_lossy(bytes)).into();
        if text.len() > MOST_TEXT {
            let file = self.sources.add(path.to_owned(), Arc::default(), from);
            let message = format!("'{path}' is larger than {} MiB", MOST_TEXT >> 20);
            self.error(Kind::File, span_at(file, 0, 0), message);
            return None;
        }
        let file = self.sources.add(path.to_owned(), Arc::clone(&text), from);
        if let Some(invalid) = invalid {
            let valid = String::from_utf8_lossy(&bytes[..invalid.valid_up_to()]);
            let start = unify_line_ends(valid).len();
            let end = start + char::REPLACEMENT_CHARACTER.len_utf8();
            let message = format!("'{path}' is not valid UTF-8");
            self.error(Kind::File, span_at(file, start, end), message);
            return None;
        }
        Some(Text { file, text })
    }

    fn error(&mut self, kind: Kind, span: Span, message: impl Into<String>) {
        self.reporter.error(Diagnostic::new(kind, span, message));
    }

    fn module(&mut self, path: &str, normalized: &str, identity: String, source: &Text) {
        let module = self.program.modules.len();
        self.program.modules.push(ModuleSource {
            path: loader::relative(normalized, &self.folder),
            items: Vec::new(),
        });
        self.included.insert(identity.clone());
        self.open.push(identity);
        self.text_size += source.text.len();
        let mut file = File {
            path,
            module,
            text: &source.text,
            doc: None,
        };
        let items = parse::parse(source.file, &source.text, self.reporter.dialect());
        self.items(&mut file, items);
        self.open.pop();
    }

    fn items(&mut self, file: &mut File<'_>, items: Vec<Item>) {
        let mut items = items.into_iter().peekable();
        while let Some(item) = items.next() {
            let lexical = match items.next_if(|next| next.is_lexical_error()) {
                Some(Item::Error(error)) => Some(error.diagnostic),
                _ => None,
            };
            match item {
                Item::Error(error) => {
                    file.doc = None;
                    self.reporter.error(error.diagnostic);
                }
                Item::Doc(block) => {
                    self.unfollowed(file);
                    let next_is_token = lexical.is_none();
                    let mut doc = doc::parse(file.text, &block, next_is_token, self.reporter);
                    if let Some(lexical) = lexical {
                        self.reporter.error(lexical);
                    }
                    doc.end(self.reporter);
                    file.doc = Some(doc);
                }
                Item::Value(node) => {
                    if let Some(lexical) = lexical {
                        self.reporter.error(lexical);
                    }
                    self.value(file, node);
                }
            }
        }
        self.unfollowed(file);
    }

    /// Handles a comment that is not followed by a definition.
    fn unfollowed(&mut self, file: &mut File<'_>) {
        let Some(doc) = file.doc.take() else {
            return;
        };
        if let Some(symbol) = &doc.doc.symbol {
            let message = format!("the comment describes '{symbol}', but no definition follows it");
            let diagnostic = Diagnostic::new(Kind::Documentation, doc.span, message);
            self.reporter.rule(diagnostic);
        }
        self.push(file, ModuleItem::Doc(doc));
    }

    fn push(&mut self, file: &File<'_>, item: ModuleItem) {
        self.program.modules[file.module].items.push(item);
    }

    fn value(&mut self, file: &mut File<'_>, node: Node) {
        let span = node.span;
        let Value::Object(entries) = node.value else {
            file.doc = None;
            self.error(Kind::Syntax, span, "expected an object at the top level");
            return;
        };
        for directive in ["include", "pragma"] {
            let Some(entry) = entries.iter().find(|entry| entry.key == directive) else {
                continue;
            };
            self.unfollowed(file);
            if entries.len() != 1 {
                let message = format!("a '{directive}' directive cannot have other keys");
                self.error(Kind::Directive, span, message);
            } else if directive == "include" {
                self.include(file, span, entry);
            } else {
                self.pragma(file, span, entry);
            }
            return;
        }
        let doc = match file.doc.take() {
            Some(doc) if doc.doc.symbol.is_none() => {
                let message = "the comment before a definition must name it";
                let diagnostic = Diagnostic::new(Kind::Documentation, doc.span, message)
                    .hint("the comment before a definition starts with '# @NAME:'")
                    .related(Some(span), "the definition");
                self.reporter.rule(diagnostic);
                self.push(file, ModuleItem::Doc(doc));
                None
            }
            doc => doc,
        };
        let index = self.program.expressions.len();
        self.program.expressions.push(Expression {
            entries,
            span,
            doc,
            module: file.module,
        });
        self.push(file, ModuleItem::Expression(index));
    }

    fn include(&mut self, file: &File<'_>, span: Span, entry: &Entry) {
        let Some(include) = entry.node.as_str() else {
            let message = "'include' must be a string, the path of a file";
            let diagnostic = Diagnostic::new(Kind::Directive, entry.node.span, message);
            self.reporter.error(diagnostic.located_at(span));
            return;
        };
        self.push(file, ModuleItem::Include(include.to_owned()));
        let path = loader::join(loader::folder(file.path), include);
        let identity = self.loader.identity(&path);
        if self.open.contains(&identity) {
            let message = format!("'{include}' includes itself");
            let diagnostic = Diagnostic::new(Kind::Directive, entry.node.span, message)
                .located_at(span)
                .label("this file is being read");
            self.reporter.style(diagnostic);
            return;
        }
        if self.included.contains(&identity) || self.is_full {
            return;
        }
        if self.included.len() == MOST_FILES || self.text_size > MOST_TEXT {
            self.is_full = true;
            let size = MOST_TEXT >> 20;
            let message =
                format!("the schema has more than {MOST_FILES} files, or more than {size} MiB");
            self.error(Kind::Directive, span, message);
            return;
        }
        if self.open.len() == DEEPEST_INCLUDES {
            self.is_full = true;
            let message = format!("includes are nested more than {DEEPEST_INCLUDES} levels deep");
            self.error(Kind::Directive, span, message);
            return;
        }
        match self.loader.load(&path) {
            Ok(bytes) => {
                if let Some(source) = self.decode(&path, &bytes, Some(span)) {
                    self.module(&path, &loader::normalize(&path), identity, &source);
                }
            }
            Err(error) => {
                let message = format!("cannot read the included file '{path}': {}", reason(&error));
                let diagnostic = Diagnostic::new(Kind::File, entry.node.span, message);
                self.reporter.error(diagnostic.located_at(span));
            }
        }
    }

    fn pragma(&mut self, file: &File<'_>, span: Span, entry: &Entry) {
        let Value::Object(settings) = &entry.node.value else {
            let message = "'pragma' must be an object";
            let diagnostic = Diagnostic::new(Kind::Directive, entry.node.span, message);
            self.reporter.error(diagnostic.located_at(span));
            return;
        };
        let mut pragma = Pragma::default();
        for setting in settings {
            if let Err(diagnostic) = self.setting(&mut pragma, setting) {
                self.reporter.error(diagnostic.located_at(span));
            }
        }
        self.push(file, ModuleItem::Pragma(pragma));
    }

    fn setting(&mut self, pragma: &mut Pragma, setting: &Entry) -> Result<(), Box<Diagnostic>> {
        let name = setting.key.as_str();
        let all = &mut self.program.pragma;
        let (list, all) = match name {
            "doc-required" => {
                let Value::Boolean(value) = setting.node.value else {
                    let message = "pragma 'doc-required' must be true or false";
                    let at = setting.node.span;
                    return Err(Diagnostic::new(Kind::Directive, at, message).into());
                };
                pragma.doc_required = Some(value);
                all.doc_required = Some(value);
                return Ok(());
            }
            "command-name-exceptions" => (
                &mut pragma.command_name_exceptions,
                &mut all.command_name_exceptions,
            ),
            "command-returns-exceptions" => (
                &mut pragma.command_returns_exceptions,
                &mut all.command_returns_exceptions,
            ),
            "documentation-exceptions" => (
                &mut pragma.documentation_exceptions,
                &mut all.documentation_exceptions,
            ),
            "member-name-exceptions" => (
                &mut pragma.member_name_exceptions,
                &mut all.member_name_exceptions,
            ),
            // Their names before QEMU 6.0.
            "returns-whitelist" if self.reporter.dialect() != Dialect::Strict => (
                &mut pragma.command_returns_exceptions,
                &mut all.command_returns_exceptions,
            ),
            "name-case-whitelist" if self.reporter.dialect() != Dialect::Strict => (
                &mut pragma.member_name_exceptions,
                &mut all.member_name_exceptions,
            ),
            _ => {
                let message = format!("unknown pragma '{name}'");
                let diagnostic = Diagnostic::new(Kind::Directive, setting.key_span, message);
                return Err(diagnostic.suggest(name, PRAGMAS).into());
            }
        };
        *list = strings(&setting.node).ok_or_else(|| {
            let message = format!("pragma '{name}' must be an array of names");
            Box::new(Diagnostic::new(Kind::Directive, setting.node.span, message))
        })?;
        all.clone_from(list);
        Ok(())
    }
}

const PRAGMAS: [&str; 5] = [
    "command-name-exceptions",
    "command-returns-exceptions",
    "doc-required",
    "documentation-exceptions",
    "member-name-exceptions",
];

/// The file that is being read.
struct File<'a> {
    path: &'a str,
    /// Its index in [`Program::modules`].
    module: usize,
    text: &'a str,
    /// The comment just before the current item.
    doc: Option<Documentation>,
}

fn strings(node: &Node) -> Option<Vec<String>> {
    let Value::Array(nodes) = &node.value else {
        return None;
    };
    nodes
        .iter()
        .map(|node| node.as_str().map(str::to_owned))
        .collect()
}

/// QEMU's generator reads every kind of line end as a newline.
fn unify_line_ends(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        text
    }
}

fn span_at(file: u32, start: usize, end: usize) -> Span {
    Span {
        file,
        start: start as u32,
        end: end as u32,
    }
}
