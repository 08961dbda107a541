//! Writes the changes as text, as Markdown or as JSON.

use std::fmt::{self, Write as _};

use super::change::{Change, ChangeKind, Class, Diff, Direction};
use super::class::{DEPRECATED, UNSTABLE};
use crate::schema::Condition;
use crate::visible;

/// A report of changes. [`Diff::report`] makes one.
///
/// `Display` writes text for people.
#[derive(Clone, Copy, Debug)]
pub struct Report<'d> {
    diff: &'d Diff,
    old: &'d str,
    new: &'d str,
}

impl<'d> Report<'d> {
    pub(super) fn new(diff: &'d Diff, old: &'d str, new: &'d str) -> Self {
        Self { diff, old, new }
    }

    /// Writes a section in Markdown, whose heading has this level, with a list for
    /// each class.
    ///
    /// ```
    /// let diff = qapi_parser::Schema::default().diff(&qapi_parser::Schema::default());
    /// let text = diff.report("QEMU 10.0", "QEMU 10.2").markdown(1);
    /// assert_eq!(text, "# QEMU 10.0 → QEMU 10.2\n\nNo changes.\n");
    /// ```
    pub fn markdown(&self, level: usize) -> String {
        let sign = "#".repeat(level);
        let mut text = format!("{sign} {} → {}\n\n", visible(self.old), visible(self.new));
        self.write_lists(&mut text, level + 1);
        text
    }

    /// Writes what is below the heading of [`Report::markdown`]: how many changes
    /// there are, and a list for each class, whose heading has this level.
    ///
    /// ```
    /// let diff = qapi_parser::Schema::default().diff(&qapi_parser::Schema::default());
    /// assert_eq!(diff.report("10.0", "10.2").markdown_lists(2), "No changes.\n");
    /// ```
    pub fn markdown_lists(&self, level: usize) -> String {
        let mut text = String::new();
        self.write_lists(&mut text, level);
        text
    }

    fn write_lists(&self, text: &mut String, level: usize) {
        let sign = "#".repeat(level);
        // Writing to a string cannot fail.
        _ = writeln!(text, "{}.", capitalized(&self.counts()));
        for class in Class::WORST_FIRST {
            let mut changes = self.diff.of_class(class).peekable();
            if changes.peek().is_none() {
                continue;
            }
            _ = writeln!(text, "\n{sign} {}\n", heading(class));
            for change in changes {
                _ = writeln!(
                    text,
                    "* {}: {}{}",
                    Code(change.path()),
                    Message(change),
                    Elsewhere(change)
                );
            }
        }
    }

    /// How many changes of each class there are.
    fn counts(&self) -> String {
        if self.diff.changes.is_empty() {
            return "no changes".to_owned();
        }
        let counts = Class::WORST_FIRST.map(|class| {
            let count = self.diff.of_class(class).count();
            let what = match class {
                Class::Care => "that need care",
                class => class.as_str(),
            };
            format!("{count} {what}")
        });
        counts.join(", ")
    }

    /// Returns an object with `old` and `new`, the names of the two schemas, and an
    /// array for each class: `breaking`, `care`, `compatible`. Each change is an
    /// object:
    ///
    /// * `path`: the first path of `places`
    /// * `class`: `breaking`, `care` or `compatible`
    /// * `kind`: [`ChangeKind::as_str`]
    /// * `direction`: `sent` or `received`, as in the first of `places`
    /// * `message`: the change in words
    /// * `details`: the fields of [`ChangeKind`], an object; types are named by their
    ///   [`Shape`](super::Shape), and conditions as in C
    /// * `places`: an array of objects with `path`, `direction` and `class`
    ///
    /// ```
    /// let diff = qapi_parser::Schema::default().diff(&qapi_parser::Schema::default());
    /// assert_eq!(diff.report("10.0", "10.2").json()["breaking"].as_array().unwrap().len(), 0);
    /// ```
    #[cfg(feature = "json")]
    pub fn json(&self) -> serde_json::Value {
        use serde_json::{Map, Value, json};

        let mut object = Map::new();
        object.insert("old".to_owned(), json!(self.old));
        object.insert("new".to_owned(), json!(self.new));
        for class in Class::WORST_FIRST {
            let changes: Value = self.diff.of_class(class).map(change_json).collect();
            object.insert(class.as_str().to_owned(), changes);
        }
        Value::Object(object)
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (old, new) = (visible(self.old), visible(self.new));
        writeln!(f, "{old} -> {new}: {}", self.counts())?;
        for class in Class::WORST_FIRST {
            let mut changes = self.diff.of_class(class).peekable();
            if changes.peek().is_none() {
                continue;
            }
            writeln!(f, "\n{}:", heading(class))?;
            for change in changes {
                let path = visible(change.path());
                writeln!(f, "  {path}: {}{}", Message(change), Elsewhere(change))?;
            }
        }
        Ok(())
    }
}

fn heading(class: Class) -> &'static str {
    match class {
        Class::Breaking => "Breaking",
        Class::Care => "Needs care",
        Class::Compatible => "Compatible",
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// Foreign text as code in Markdown: nothing in it is markup.
struct Code<'t>(&'t str);

impl fmt::Display for Code<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", visible(self.0).replace('`', "'"))
    }
}

/// The number of further places.
struct Elsewhere<'c>(&'c Change);

impl fmt::Display for Elsewhere<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.places.len() {
            0 | 1 => Ok(()),
            2 => f.write_str(" (and in 1 other place)"),
            places => write!(f, " (and in {} other places)", places - 1),
        }
    }
}

/// A change in words.
struct Message<'c>(&'c Change);

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let change = self.0;
        let noun = Noun(change);
        match &change.kind {
            ChangeKind::CommandAdded => f.write_str("the command is new"),
            ChangeKind::CommandGone => f.write_str("the command is gone"),
            ChangeKind::EventAdded => f.write_str("the event is new"),
            ChangeKind::EventGone => f.write_str("the event is gone"),
            ChangeKind::MemberAdded { optional } => {
                let is_sent = direction(change) == Direction::Sent;
                match (is_sent, optional) {
                    (true, true) => write!(f, "the optional {noun} is new"),
                    (true, false) => write!(f, "the mandatory {noun} is new"),
                    (false, _) => write!(f, "the {noun} is new"),
                }
            }
            ChangeKind::MemberGone => write!(f, "the {noun} is gone"),
            ChangeKind::MemberNowOptional => write!(f, "the {noun} is optional now"),
            ChangeKind::MemberNowMandatory => write!(f, "the {noun} is mandatory now"),
            ChangeKind::MemberOnlyInBranches { branches } => {
                write!(f, "only these branches have the {noun} now: ")?;
                list(f, branches)
            }
            ChangeKind::ValueAdded => f.write_str("the value is new"),
            ChangeKind::ValueGone => f.write_str("the value is gone"),
            ChangeKind::BranchAdded => f.write_str("the branch is new"),
            ChangeKind::BranchGone => f.write_str("the branch is gone"),
            ChangeKind::BecameUnion {
                discriminator,
                branches,
                mandatory,
            } => {
                let discriminator = Code(discriminator);
                write!(
                    f,
                    "the object is now a union by {discriminator}, with the branches "
                )?;
                list(f, branches)?;
                if !mandatory.is_empty() {
                    f.write_str("; these members are mandatory: ")?;
                    list(f, mandatory)?;
                }
                Ok(())
            }
            ChangeKind::BecameObject { gone } => {
                f.write_str("the union is now an object")?;
                if !gone.is_empty() {
                    f.write_str("; these members are gone: ")?;
                    list(f, gone)?;
                }
                Ok(())
            }
            ChangeKind::DiscriminatorChanged { from, to } => {
                let (from, to) = (Code(from), Code(to));
                write!(f, "the discriminator was {from} and is {to} now")
            }
            ChangeKind::FormAdded { form, .. } => write!(f, "may also be of type {form} now"),
            ChangeKind::FormGone { form } => write!(f, "can no longer be of type {form}"),
            ChangeKind::TypeChanged { from, to } => {
                write!(f, "the type was {from} and is {to} now")
            }
            ChangeKind::FeatureAdded { feature } => match feature.as_str() {
                DEPRECATED => f.write_str("is deprecated now"),
                UNSTABLE => f.write_str("is unstable now"),
                _ => f.write_str("the feature is new"),
            },
            ChangeKind::FeatureGone { feature } => match feature.as_str() {
                DEPRECATED => f.write_str("is no longer deprecated"),
                UNSTABLE => f.write_str("is no longer unstable"),
                _ => f.write_str("the feature is gone"),
            },
            ChangeKind::ConditionChanged { from, to } => match (from, to) {
                (None, Some(to)) => write!(f, "exists only if {} now", Symbols(to)),
                (Some(from), Some(to)) => {
                    let (from, to) = (Symbols(from), Symbols(to));
                    write!(f, "existed if {from} and exists if {to} now")
                }
                (Some(from), None) => {
                    write!(f, "existed only if {} and always exists now", Symbols(from))
                }
                (None, None) => Ok(()),
            },
            ChangeKind::AbsentFromNewBuild { condition } => write!(
                f,
                "the new build does not have it; it exists only if {}",
                Symbols(condition)
            ),
            ChangeKind::AbsentFromOldBuild { condition } => write!(
                f,
                "the old build does not have it; it exists only if {}",
                Symbols(condition)
            ),
            ChangeKind::OobAllowed => f.write_str("can be executed out-of-band now"),
            ChangeKind::OobGone => f.write_str("can no longer be executed out-of-band"),
            ChangeKind::PreconfigAllowed => {
                f.write_str("can be executed before the machine is created now")
            }
            ChangeKind::PreconfigGone => {
                f.write_str("can no longer be executed before the machine is created")
            }
            ChangeKind::ResponseAdded => f.write_str("success is answered now"),
            ChangeKind::ResponseGone => f.write_str("success is no longer answered"),
        }
    }
}

fn direction(change: &Change) -> Direction {
    let first = change.places.first();
    first.map_or(Direction::Sent, |place| place.direction)
}

/// What a member is called: those of a command itself are arguments.
struct Noun<'c>(&'c Change);

impl fmt::Display for Noun<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut segments = self.0.path().split('/').skip(1);
        let of_arguments = segments.next() == Some("arg-type") && segments.count() == 1;
        f.write_str(match direction(self.0) {
            Direction::Sent if of_arguments => "argument",
            _ => "member",
        })
    }
}

struct Symbols<'c>(&'c Condition);

impl fmt::Display for Symbols<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Code(&self.0.to_string()).fmt(f)
    }
}

fn list(f: &mut fmt::Formatter<'_>, names: &[String]) -> fmt::Result {
    for (index, name) in names.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{}", Code(name))?;
    }
    Ok(())
}

#[cfg(feature = "json")]
fn change_json(change: &Change) -> serde_json::Value {
    use serde_json::{Value, json};

    let places = change.places.iter().map(|place| {
        json!({
            "path": place.path,
            "direction": place.direction.as_str(),
            "class": place.class.as_str(),
        })
    });
    json!({
        "path": change.path(),
        "class": change.class.as_str(),
        "kind": change.kind.as_str(),
        "direction": direction(change).as_str(),
        "message": Message(change).to_string(),
        "details": details(&change.kind),
        "places": places.collect::<Value>(),
    })
}

#[cfg(feature = "json")]
fn details(kind: &ChangeKind) -> serde_json::Value {
    use super::change::Shape;
    use serde_json::json;

    let name = |shape: &Shape| shape.to_string();
    let text = |condition: &Condition| condition.to_string();
    match kind {
        ChangeKind::MemberAdded { optional } => json!({ "optional": optional }),
        ChangeKind::MemberOnlyInBranches { branches } => json!({ "branches": branches }),
        ChangeKind::BecameUnion {
            discriminator,
            branches,
            mandatory,
        } => json!({
            "discriminator": discriminator,
            "branches": branches,
            "mandatory": mandatory,
        }),
        ChangeKind::BecameObject { gone } => json!({ "gone": gone }),
        ChangeKind::DiscriminatorChanged { from, to } => json!({ "from": from, "to": to }),
        ChangeKind::FormAdded {
            form,
            was_alternate,
        } => json!({ "form": name(form), "was-alternate": was_alternate }),
        ChangeKind::FormGone { form } => json!({ "form": name(form) }),
        ChangeKind::TypeChanged { from, to } => json!({ "from": name(from), "to": name(to) }),
        ChangeKind::FeatureAdded { feature } | ChangeKind::FeatureGone { feature } => {
            json!({ "feature": feature })
        }
        ChangeKind::ConditionChanged { from, to } => json!({
            "from": from.as_ref().map(text),
            "to": to.as_ref().map(text),
        }),
        ChangeKind::AbsentFromNewBuild { condition }
        | ChangeKind::AbsentFromOldBuild { condition } => json!({ "condition": text(condition) }),
        ChangeKind::CommandAdded
        | ChangeKind::CommandGone
        | ChangeKind::EventAdded
        | ChangeKind::EventGone
        | ChangeKind::MemberGone
        | ChangeKind::MemberNowOptional
        | ChangeKind::MemberNowMandatory
        | ChangeKind::ValueAdded
        | ChangeKind::ValueGone
        | ChangeKind::BranchAdded
        | ChangeKind::BranchGone
        | ChangeKind::OobAllowed
        | ChangeKind::OobGone
        | ChangeKind::PreconfigAllowed
        | ChangeKind::PreconfigGone
        | ChangeKind::ResponseAdded
        | ChangeKind::ResponseGone => json!({}),
    }
}
