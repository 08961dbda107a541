//! The rule of all crates about causes in errors.

use std::error::Error;

/// Collects the texts of an error and of its causes, from the outside in.
///
/// ```
/// let error = std::io::Error::other("no room");
/// assert_eq!(test_support::causes(&error), ["no room"]);
/// ```
///
/// # Panics
/// An error repeats the text of its cause. A cause is said once: by
/// [`Error::source`], not by the `Display` of the error around it.
pub fn causes(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    for (index, text) in texts.iter().enumerate() {
        for cause in &texts[index + 1..] {
            assert!(
                !text.contains(cause),
                "{text:?} repeats its cause {cause:?}"
            );
        }
    }
    texts
}
