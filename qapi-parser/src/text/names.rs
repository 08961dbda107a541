//! The rules for names, both of schemas and of introspection.

/// What a name belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A definition, or a feature.
    Plain,
    /// A member of an object.
    Member,
    /// A value of an enum, or the branch for it.
    Value,
}

/// Whether a name is valid in introspection. It may be of a release before 2.8, which
/// has values such as `l1_grow.alloc_table`.
#[cfg(feature = "json")]
pub(crate) fn is_valid(role: Role, name: &str) -> bool {
    match role {
        Role::Plain => stem(name).is_some(),
        Role::Member => stem(name).is_some() && !is_reserved_member(name),
        Role::Value => {
            stem_of(role, name).is_some() || stem(&name.replace(['.', '+'], "-")).is_some()
        }
    }
}

/// The name's [`stem`], digits at the start included where they may be.
pub(crate) fn stem_of(role: Role, name: &str) -> Option<&str> {
    let starts_with_digit = name.starts_with(|c: char| c.is_ascii_digit());
    if role == Role::Value && starts_with_digit {
        return name.chars().all(is_part).then_some(name);
    }
    stem(name)
}

/// Whether a name is valid in old releases, whose generators did not check
/// names. They have values such as `vencrypt+tls`.
pub(crate) fn is_legacy(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| is_part(c) || matches!(c, '.' | '+'))
}

/// Whether it can be an implicit type's name: `q_obj_block-commit-arg`.
#[cfg(feature = "json")]
pub(crate) fn is_implicit(name: &str) -> bool {
    name.strip_prefix("q_").is_some_and(is_legacy)
}

/// A name cut into its prefixes and the rest.
///
/// A name is made of ASCII letters, digits, `-` and `_`, and its stem starts
/// with a letter. A downstream prefix `__RFQDN_` may come before it, then `x-`.
pub(crate) fn stem(name: &str) -> Option<&str> {
    let local = match name.strip_prefix("__") {
        Some(rest) => {
            let (domain, local) = rest.split_once('_')?;
            let in_domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
            if domain.is_empty() || !domain.chars().all(in_domain) {
                return None;
            }
            local
        }
        None => name,
    };
    let unprefixed = local
        .get(..2)
        .filter(|prefix| prefix.eq_ignore_ascii_case("x-"))
        .map(|_| &local[2..]);
    let stem = unprefixed
        .filter(|rest| is_stem(rest))
        .or_else(|| is_stem(local).then_some(local))?;
    // Reserved for the names of implicit types, and for escapes in C.
    (!starts_like(name, "q_")).then_some(stem)
}

fn is_stem(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_part)
}

fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// Whether the C identifier for a name starts like this.
fn starts_like(name: &str, prefix: &str) -> bool {
    name.len() >= prefix.len()
        && name
            .bytes()
            .zip(prefix.bytes())
            .all(|(a, b)| c_byte(a) == b)
}

fn c_byte(byte: u8) -> u8 {
    if byte.is_ascii_alphanumeric() {
        byte
    } else {
        b'_'
    }
}

/// The C identifier for a name. Two names with the same identifier clash.
pub(crate) fn c_name(name: &str) -> String {
    let c_char = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    name.chars().map(c_char).collect()
}

/// Whether members may not have this name because of the C structs that
/// QEMU's generator makes.
pub(crate) fn is_reserved_member(name: &str) -> bool {
    name == "u" || starts_like(name, "has_")
}

/// Whether an event may have this stem.
pub(crate) fn is_upper(stem: &str) -> bool {
    !stem.contains(|c: char| c.is_ascii_lowercase() || c == '-')
}

/// Whether a type may have this stem.
pub(crate) fn is_camel(stem: &str) -> bool {
    stem.starts_with(|c: char| c.is_ascii_uppercase())
        && stem.contains(|c: char| c.is_ascii_lowercase())
        && stem.chars().all(|c| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems() {
        for (name, expected) in [
            ("block-commit", Some("block-commit")),
            ("x-foo", Some("foo")),
            ("x-", Some("x-")),
            ("X-Foo", Some("Foo")),
            ("__org.qemu_x-foo", Some("foo")),
            ("__com.redhat_drive", Some("drive")),
            ("__drive", None),
            ("___drive", None),
            ("_foo", None),
            ("1a", None),
            ("", None),
            ("a b", None),
            ("q_foo", None),
            ("q-foo", None),
            ("qfoo", Some("qfoo")),
        ] {
            assert_eq!(stem(name), expected, "{name}");
        }
    }

    #[test]
    fn roles() {
        for (role, name, expected) in [
            (Role::Value, "10", true),
            (Role::Value, "0-a_b", true),
            (Role::Value, "1.3", false),
            (Role::Plain, "10", false),
            (Role::Member, "10", false),
            (Role::Member, "has-it", false),
            (Role::Value, "has-it", true),
            (Role::Member, "__com.redhat_drive", true),
            (Role::Plain, "a\u{202e}b", false),
            (Role::Value, "1\n", false),
        ] {
            assert_eq!(
                stem_of(role, name).is_some()
                    && (role != Role::Member || !is_reserved_member(name)),
                expected,
                "{role:?} {name}"
            );
        }
        assert!(is_legacy("vencrypt+tls") && !is_legacy("") && !is_legacy("a`b"));
    }

    #[test]
    fn letter_case() {
        assert!(is_upper("BLOCK_JOB_1"));
        assert!(!is_upper("BLOCK-JOB"));
        assert!(is_camel("ACPISlotType"));
        assert!(is_camel("Aa"));
        assert!(!is_camel("ABC"));
        assert!(!is_camel("Foo_Bar"));
        assert!(!is_camel("foo"));
    }

    #[test]
    fn reserved_members() {
        assert!(is_reserved_member("u"));
        assert!(is_reserved_member("has-foo"));
        assert!(is_reserved_member("has_foo"));
        assert!(!is_reserved_member("hash"));
    }
}
