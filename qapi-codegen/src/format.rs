//! Formatting as rustfmt would do it.

use crate::error::Error;

pub(crate) fn format(code: &str) -> Result<String, Error> {
    let file = syn::parse_file(code).map_err(|error| Error::Format(error.to_string()))?;
    Ok(prettyplease::unparse(&file))
}
