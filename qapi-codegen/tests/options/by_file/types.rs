// Written by a test of qapi-codegen.

#[allow(unused_imports)]
pub use super::library::types::*;

#[allow(unused_imports)]
pub use super::books::types::*;

#[allow(unused_imports)]
pub use super::readers::types::*;
