//! What both programs do.

use std::error::Error;

use qmp_types::{Command, wire};

/// Decodes what the command returns from standard input, and prints it.
pub fn print_return<C: Command<Return: std::fmt::Debug>>() -> Result<(), Box<dyn Error>> {
    let json = std::io::read_to_string(std::io::stdin())?;
    let reply = wire::from_json_with(&json, |reply| C::decode_return(reply))?;
    println!("{reply:?}");
    Ok(())
}
