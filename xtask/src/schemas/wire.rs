//! What a schema has on the wire, as rows of the tables of `schemas/availability/`.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use qapi_parser::Schema;
use qapi_parser::introspect::Options;
use qapi_schemas::availability::{Kind, Part, PartKind};
use serde_json::Value;

/// What a table has a set of releases for: a definition, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    pub(super) definition: String,
    pub(super) item: Item,
}

/// A definition's kind, or a part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Item {
    Kind(Kind),
    Part {
        /// Orders the parts: members with their features, and so on.
        place: u8,
        name: String,
        feature: String,
        kind: PartKind,
        ty: String,
    },
}

impl Item {
    /// The row of a table as it is read there.
    pub(super) fn of_part(part: &Part<'_>) -> Item {
        Item::part(part.kind, part.name, part.ty, part.feature)
    }

    fn part(kind: PartKind, name: &str, ty: &str, feature: &str) -> Item {
        let place = match kind {
            PartKind::ArgType => 0,
            PartKind::RetType => 1,
            PartKind::OutOfBand => 2,
            PartKind::Tag => 3,
            PartKind::Member { .. } | PartKind::MemberFeature => 4,
            PartKind::Branch => 5,
            PartKind::Alternative => 6,
            PartKind::Value | PartKind::ValueFeature => 7,
            PartKind::Feature => 8,
            PartKind::Was => 9,
        };
        Item::Part {
            place,
            name: name.to_owned(),
            feature: feature.to_owned(),
            kind,
            ty: ty.to_owned(),
        }
    }

    /// A type that a part refers to; of the other parts, none.
    pub(super) fn ty(&self) -> Option<(PartKind, &str, &str)> {
        match self {
            Item::Part { kind, name, ty, .. } if !ty.is_empty() => Some((*kind, name, ty)),
            _ => None,
        }
    }
}

/// The rows of a schema: what introspection without masks tells, whatever conditions
/// there are.
pub(super) fn rows(schema: &Schema) -> Result<BTreeSet<Row>> {
    let options = Options::new().unmask(true).enum_members(true);
    let introspection = schema.to_introspection(&options);
    let mut rows = BTreeSet::new();
    for info in array(&introspection)? {
        definition(info, &mut rows)
            .with_context(|| format!("an entity of an introspection is not understood: {info}"))?;
    }
    Ok(rows)
}

fn definition(info: &Value, rows: &mut BTreeSet<Row>) -> Result<()> {
    let name = text(&info["name"])?;
    let mut add = |item| {
        rows.insert(Row {
            definition: name.to_owned(),
            item,
        });
    };
    let kind = match text(&info["meta-type"])? {
        "command" => Kind::Command,
        "event" => Kind::Event,
        "object" => Kind::Object,
        "enum" => Kind::Enum,
        "alternate" => Kind::Alternate,
        // A type refers to them by the name of what they consist of.
        "builtin" | "array" => return Ok(()),
        other => bail!("{other} is no kind of an entity"),
    };
    add(Item::Kind(kind));
    for (member, part) in [
        ("arg-type", PartKind::ArgType),
        ("ret-type", PartKind::RetType),
    ] {
        if let Some(ty) = info[member].as_str().filter(|ty| *ty != "q_empty") {
            add(Item::part(part, "", ty, ""));
        }
    }
    if info["allow-oob"] == true {
        add(Item::part(PartKind::OutOfBand, "", "", ""));
    }
    if let Some(tag) = info["tag"].as_str() {
        add(Item::part(PartKind::Tag, tag, "", ""));
    }
    for feature in features(info)? {
        add(Item::part(PartKind::Feature, feature, "", ""));
    }
    if let Some(branches) = info["variants"].as_array() {
        for branch in branches {
            let (case, ty) = (text(&branch["case"])?, text(&branch["type"])?);
            add(Item::part(PartKind::Branch, case, ty, ""));
        }
    }
    if matches!(kind, Kind::Command | Kind::Event) {
        return Ok(());
    }
    for member in array(&info["members"])? {
        let name = member["name"].as_str().unwrap_or_default();
        let ty = member["type"].as_str().unwrap_or_default();
        let (part, of_feature) = match kind {
            Kind::Enum => (PartKind::Value, PartKind::ValueFeature),
            Kind::Alternate => (PartKind::Alternative, PartKind::MemberFeature),
            _ => {
                let optional = member.get("default").is_some();
                (PartKind::Member { optional }, PartKind::MemberFeature)
            }
        };
        add(Item::part(part, name, ty, ""));
        for feature in features(member)? {
            add(Item::part(of_feature, name, "", feature));
        }
    }
    Ok(())
}

fn features(of: &Value) -> Result<Vec<&str>> {
    match &of["features"] {
        Value::Null => Ok(Vec::new()),
        features => array(features)?.iter().map(text).collect(),
    }
}

fn array(value: &Value) -> Result<&Vec<Value>> {
    value.as_array().context("expected an array")
}

fn text(value: &Value) -> Result<&str> {
    value.as_str().context("expected a string")
}
