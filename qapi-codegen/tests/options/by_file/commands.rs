// Written by a test of qapi-codegen.

#[allow(unused_imports)]
pub use super::library::commands::*;

#[allow(unused_imports)]
pub use super::books::commands::*;

#[allow(unused_imports)]
pub use super::readers::commands::*;
