//! Unions: an enum of the branches, and where there are other common members a
//! struct around it.

use qapi_parser::schema::TypeId;

use super::record::Record;
use super::{INLINE, Renderer};
use crate::layout::{Field, Ty, Variant};
use crate::meaning::Meaning;
use crate::writer::line;

impl Renderer<'_> {
    pub(super) fn union(&mut self, id: TypeId) {
        let fields = self.layout.fields(id);
        let tag = self.layout.tag(id).unwrap_or_default();
        let name = self.layout.type_name(id);
        if fields.len() == 1 {
            self.document(&self.subject("union", id), "");
            self.branches(id, name);
            self.constructors(id, name);
            self.open_read(name, "m");
            line!(self.w, "let mut tag = ::core::option::Option::None;");
            line!(
                self.w,
                "if m.next_or_keep(const {{ &::qmp_types::wire::Names::new(&[{tag:?}]) }})?.is_some() {{"
            );
            line!(self.w, "m.tag(Self::TAG_NAMES, &mut tag)?;");
            line!(self.w, "}}");
            line!(self.w, "match tag {{");
            line!(
                self.w,
                "::core::option::Option::Some(tag) => Self::read_branch(tag, m),"
            );
            line!(
                self.w,
                "::core::option::Option::None => m.missing({tag:?}),"
            );
            line!(self.w, "}}");
            self.close_impl();
            self.open_write(name, "m");
            line!(self.w, "m.member({tag:?}, self.as_str());");
            line!(self.w, "self.write_branch(m);");
            self.close_impl();
            line!(self.w, "::qmp_types::__object!({name});");
        } else {
            let branches = self.layout.branch_enum(id);
            self.document(&self.subject("union", id), "");
            self.record(&Record {
                name,
                meaning: Meaning::of_type(self.layout.schema, id),
                fields: &fields,
                types: self.own,
                union: Some((tag, branches)),
                extra: None,
                read: true,
                write: true,
            });
            self.constructors(id, name);
            self.w
                .doc(&format!("The branches of [`{name}`], by `{tag}`."));
            self.branches(id, branches);
            self.conversions_of_struct(id);
        }
    }

    /// Writes the enum of the branches.
    fn branches(&mut self, id: TypeId, name: &str) {
        let variants = self.layout.union_variants(id);
        let unknown = (
            "A branch that the schema does not know.",
            "UnrecognizedBranch",
        );
        self.derive(&["Clone", "Debug", "PartialEq"]);
        self.variants(id, name, &variants, unknown);

        line!(self.w, "impl {name} {{");
        let tags: Vec<String> = variants
            .iter()
            .map(|variant| format!("{:?}", variant.branch.name))
            .collect();
        // No variant has an underscore in its name.
        line!(
            self.w,
            "const TAG_NAMES: &'static ::qmp_types::wire::Names = &::qmp_types::wire::Names::new(&[{}]);",
            tags.join(", ")
        );
        self.w.doc("The discriminator's value.");
        line!(self.w, "{INLINE}");
        line!(self.w, "pub fn as_str(&self) -> &::core::primitive::str {{");
        line!(self.w, "match self {{");
        for variant in &variants {
            let any = if variant.ty.is_some() { "(_)" } else { "" };
            line!(
                self.w,
                "Self::{}{any} => {:?},",
                variant.name,
                variant.branch.name
            );
        }
        line!(self.w, "Self::Unrecognized(branch) => branch.tag(),");
        line!(self.w, "}}");
        line!(self.w, "}}");
        line!(
            self.w,
            "fn read_branch<'de, M: ::qmp_types::wire::Members<'de>>(tag: ::qmp_types::wire::Tag, m: &mut M) -> ::core::result::Result<Self, M::Error> {{"
        );
        line!(self.w, "match tag {{");
        for (index, variant) in variants.iter().enumerate() {
            let name = &variant.name;
            let read = if variant.ty.is_some() {
                format!("m.branch().map(Self::{name})")
            } else {
                format!("::core::result::Result::Ok(Self::{name})")
            };
            line!(self.w, "::qmp_types::wire::Tag::Known({index}) => {read},");
        }
        line!(
            self.w,
            "tag => m.unrecognized(Self::TAG_NAMES, tag).map(Self::Unrecognized),"
        );
        line!(self.w, "}}");
        line!(self.w, "}}");
        line!(
            self.w,
            "fn write_branch<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {{"
        );
        line!(self.w, "match self {{");
        for variant in variants.iter().filter(|variant| variant.ty.is_some()) {
            line!(
                self.w,
                "Self::{}(branch) => ::qmp_types::wire::WriteObject::write(branch, m),",
                variant.name
            );
        }
        line!(self.w, "Self::Unrecognized(branch) => branch.write(m),");
        if variants.iter().any(|variant| variant.ty.is_none()) {
            line!(self.w, "_ => {{}}");
        }
        line!(self.w, "}}");
        line!(self.w, "}}");
        line!(self.w, "}}");
        self.conversions(name, &variants);
    }

    /// Writes the enum of a union's or an alternate's branches, but for what it
    /// derives. The last variant
    /// is for what is unknown: its documentation, and its type in `wire`.
    pub(super) fn variants(
        &mut self,
        id: TypeId,
        name: &str,
        variants: &[Variant<'_>],
        unknown: (&str, &str),
    ) {
        let schema = self.layout.schema;
        let meaning = Meaning::of_type(schema, id);
        // What a branch means may stand with the discriminator's values.
        let values = self
            .layout
            .tag_type(id)
            .map(|id| Meaning::of_type(schema, id));
        line!(self.w, "#[non_exhaustive]");
        line!(self.w, "pub enum {name} {{");
        for variant in variants {
            let branch = variant.branch;
            let mut part = meaning.part(&branch.name);
            if let Some(value) = values.as_ref().map(|values| values.part(&branch.name)) {
                part.summary = part.summary.or(value.summary);
                if part.text.is_empty() {
                    part.text = value.text;
                }
            }
            let condition = branch.condition.as_ref();
            self.document_part("branch", &branch.name, part, condition, variant.features);
            line!(self.w, "{}{},", variant.name, payload(variant, self.own));
        }
        self.w.doc(unknown.0);
        line!(self.w, "Unrecognized(::qmp_types::wire::{}),", unknown.1);
        line!(self.w, "}}");
    }

    /// Writes a `From` for each type that stands for one variant, and for what
    /// such a type only wraps.
    pub(super) fn conversions(&mut self, name: &str, variants: &[Variant<'_>]) {
        for source in sources(variants) {
            let Source {
                ty,
                variant,
                through,
            } = source;
            let value = match through {
                Some(wrapper) => format!("{}::new(value)", wrapper.path(self.own)),
                None => "value".to_owned(),
            };
            let value = in_variant(variant, &value);
            self.conversion(name, &ty.path(self.own), &value);
        }
    }

    /// Writes a `From` for each type that stands for a branch of a union which
    /// insists on nothing else.
    fn conversions_of_struct(&mut self, id: TypeId) {
        let name = self.layout.type_name(id);
        for ty in self.union_sources(id) {
            self.conversion(name, &ty.path(self.own), "Self::new(value)");
        }
    }

    /// Writes a `From` for each union that has a branch of the command's name and
    /// arguments: an action of a transaction is made from the command itself.
    pub(super) fn conversions_of_command(&mut self, command: &str, name: &str, args: TypeId) {
        let layout = self.layout;
        let args = layout.ty(args);
        for &union in &layout.types {
            // Where there are more members, the command has no values for them.
            if layout.tag(union).is_none() || layout.fields(union).len() > 1 {
                continue;
            }
            let variants = layout.union_variants(union);
            let Some(variant) = variants.iter().find(|v| v.branch.name == command) else {
                continue;
            };
            let value = match &variant.ty {
                Some(ty) if *ty == args => "value.0".to_owned(),
                Some(ty) if variant.wrapped.as_ref() == Some(&args) => {
                    format!("{}::new(value.0)", ty.path(self.types))
                }
                _ => continue,
            };
            let union = format!("{}{}", self.types, layout.type_name(union));
            self.conversion(&union, name, &in_variant(variant, &value));
        }
    }

    /// What a union can be made from, without knowing anything else: the types
    /// that stand for its branches.
    fn union_sources(&self, id: TypeId) -> Vec<Ty> {
        let tag = self.layout.tag(id);
        let needs_more =
            |field: &Field<'_>| !field.optional && Some(field.member.name.as_str()) != tag;
        let fields = self.layout.fields(id);
        if tag.is_none() || fields.iter().any(needs_more) {
            return Vec::new();
        }
        let variants = self.layout.union_variants(id);
        sources(&variants)
            .into_iter()
            .map(|source| source.ty.clone())
            .collect()
    }

    /// Writes a `From` for each type that stands for a branch of a union which a
    /// branch of the alternate holds.
    pub(super) fn conversions_through(&mut self, name: &str, variants: &[Variant<'_>]) {
        let mut known: Vec<Ty> = variants
            .iter()
            .filter_map(|variant| variant.ty.clone())
            .collect();
        for variant in variants {
            if self.layout.is_external(variant.branch.ty) {
                continue;
            }
            for ty in self.union_sources(variant.branch.ty) {
                if !known.contains(&ty) {
                    let value = in_variant(variant, "::core::convert::Into::into(value)");
                    self.conversion(name, &ty.path(self.own), &value);
                    known.push(ty);
                }
            }
        }
    }
}

/// A type that stands for a variant.
struct Source<'v> {
    ty: &'v Ty,
    variant: &'v Variant<'v>,
    /// What the variant holds, where that only wraps the type.
    through: Option<&'v Ty>,
}

/// The types that stand for one of the variants each.
fn sources<'v>(variants: &'v [Variant<'v>]) -> Vec<Source<'v>> {
    let mut sources = Vec::new();
    for variant in variants {
        let Some(ty) = &variant.ty else { continue };
        if stands_for(ty, variant, variants, |other| other.ty.as_ref()) {
            sources.push(Source {
                ty,
                variant,
                through: None,
            });
        }
        let Some(inner) = variant.wrapped.as_ref().filter(|inner| inner.is_object()) else {
            continue;
        };
        let is_held = variants
            .iter()
            .any(|other| other.ty.as_ref() == Some(inner));
        if !is_held && stands_for(inner, variant, variants, |other| other.wrapped.as_ref()) {
            sources.push(Source {
                ty: inner,
                variant,
                through: Some(ty),
            });
        }
    }
    sources
}

/// The expression that puts a value into a variant.
fn in_variant(variant: &Variant<'_>, value: &str) -> String {
    in_variant_of("Self", variant, value)
}

/// The expression that puts a value into a variant of an enum.
pub(super) fn in_variant_of(name: &str, variant: &Variant<'_>, value: &str) -> String {
    if variant.boxed {
        format!("{name}::{}(::std::boxed::Box::new({value}))", variant.name)
    } else {
        format!("{name}::{}({value})", variant.name)
    }
}

/// Whether a value of the type means this variant: it is the only one that
/// holds the type, or the only one of those that the type is named for, as
/// `BlockdevOptionsFile` is for `file` and not for `host_device`.
fn stands_for<'v>(
    ty: &Ty,
    variant: &Variant<'v>,
    variants: &'v [Variant<'v>],
    held: impl Fn(&'v Variant<'v>) -> Option<&'v Ty>,
) -> bool {
    let holders: Vec<_> = variants
        .iter()
        .filter(|other| held(other) == Some(ty))
        .collect();
    let path = ty.path("");
    let named = |variant: &Variant<'_>| path.ends_with(&variant.name);
    holders.len() == 1
        || named(variant) && holders.iter().filter(|holder| named(holder)).count() == 1
}

/// What a variant holds, with the brackets. `types` is the path of the module of
/// types.
fn payload(variant: &Variant<'_>, types: &str) -> String {
    match &variant.ty {
        None => String::new(),
        Some(ty) if variant.boxed => format!("(::std::boxed::Box<{}>)", ty.path(types)),
        Some(ty) => format!("({})", ty.path(types)),
    }
}
