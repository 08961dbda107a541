//! What setters of optional members take: a value, or an `Option` of one.
//!
//! A type parameter of each trait, `M`, says which of the two it is, so that
//! both can be implemented for all types. It is always inferred.

/// Something that an optional member can be made of: a value that converts into
/// its type, or an `Option` of one. Where the type itself is expected, setters
/// take `impl Into<Option<T>>`, from which numbers without a type get theirs.
///
/// ```
/// use qmp_types::wire::IntoOption;
///
/// fn name<M>(name: impl IntoOption<String, M>) -> Option<String> {
///     name.into_option()
/// }
/// let given: Option<&str> = None;
/// assert_eq!(name("disk").as_deref(), Some("disk"));
/// assert_eq!(name(Some("disk")).as_deref(), Some("disk"));
/// assert_eq!(name(given), None);
/// ```
#[diagnostic::on_unimplemented(
    message = "expected a value that converts into `{T}` or an `Option` of one, found `{Self}`",
    label = "does not convert into `{T}`"
)]
pub trait IntoOption<T, M> {
    /// The member's value, if there is one.
    fn into_option(self) -> Option<T>;
}

impl<T, V: Into<T>> IntoOption<T, ()> for V {
    fn into_option(self) -> Option<T> {
        Some(self.into())
    }
}

impl<T, V: Into<T>> IntoOption<T, Option<()>> for Option<V> {
    fn into_option(self) -> Option<T> {
        self.map(Into::into)
    }
}

/// Something that an optional array of exactly these elements can be made of:
/// whatever can be iterated over, or an `Option` of it.
#[diagnostic::on_unimplemented(
    message = "expected something to iterate over with elements `{T}` or an `Option` of it, found `{Self}`",
    label = "does not give elements `{T}`"
)]
pub trait IntoListOf<T, M> {
    /// The member's value, if there is one.
    fn into_list(self) -> Option<Vec<T>>;
}

impl<T, I: IntoIterator<Item = T>> IntoListOf<T, ()> for I {
    fn into_list(self) -> Option<Vec<T>> {
        Some(self.into_iter().collect())
    }
}

impl<T, I: IntoIterator<Item = T>> IntoListOf<T, Option<()>> for Option<I> {
    fn into_list(self) -> Option<Vec<T>> {
        self.map(|list| list.into_iter().collect())
    }
}

/// Like [`IntoListOf`], with elements that convert into the array's.
#[diagnostic::on_unimplemented(
    message = "expected something to iterate over with elements that convert into `{T}` or an `Option` of it, found `{Self}`",
    label = "does not give elements that convert into `{T}`"
)]
pub trait IntoListFrom<T, M> {
    /// The member's value, if there is one.
    fn into_list(self) -> Option<Vec<T>>;
}

impl<T, I: IntoIterator<Item: Into<T>>> IntoListFrom<T, ()> for I {
    fn into_list(self) -> Option<Vec<T>> {
        Some(self.into_iter().map(Into::into).collect())
    }
}

impl<T, I: IntoIterator<Item: Into<T>>> IntoListFrom<T, Option<()>> for Option<I> {
    fn into_list(self) -> Option<Vec<T>> {
        self.map(|list| list.into_iter().map(Into::into).collect())
    }
}
