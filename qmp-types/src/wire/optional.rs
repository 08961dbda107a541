//! The arguments of setters of optional members: a value, or an `Option` of one.
//!
//! The type parameter `M` of each trait distinguishes the two, so that both can be
//! implemented for all types. It is always inferred.

/// A value that converts into the type of an optional member, or an `Option` of one.
///
/// Setters whose value need not be converted take `impl Into<Option<T>>` instead. So
/// the type of a literal such as `0` is inferred.
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
    /// Converts into the value of the member, if there is one.
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

/// An iterable of the elements of an optional array, or an `Option` of one.
#[diagnostic::on_unimplemented(
    message = "expected an iterable of `{T}` or an `Option` of one, found `{Self}`",
    label = "is not an iterable of `{T}`"
)]
pub trait IntoListOf<T, M> {
    /// Converts into the value of the member, if there is one.
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

/// Like [`IntoListOf`], with elements that convert into those of the array.
#[diagnostic::on_unimplemented(
    message = "expected an iterable of values that convert into `{T}` or an `Option` of one, found `{Self}`",
    label = "is not an iterable of values that convert into `{T}`"
)]
pub trait IntoListFrom<T, M> {
    /// Converts into the value of the member, if there is one.
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
