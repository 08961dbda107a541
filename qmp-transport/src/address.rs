//! The addresses of servers.

use std::convert::Infallible;
use std::fmt;
use std::net::Ipv6Addr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The address of a server.
///
/// A path alone is the address of a Unix socket, as text or as a [`Path`].
///
/// ```
/// use std::path::Path;
/// use qmp_transport::Address;
///
/// let vm: Address = "unix:/run/vm.sock".parse()?;
/// assert_eq!(vm, Address::Unix("/run/vm.sock".into()));
/// assert_eq!(vm, "/run/vm.sock".parse()?);
/// assert_eq!(vm, Address::from(Path::new("/run/vm.sock")));
/// let remote: Address = "tcp:[::1]:4444".parse()?;
/// assert_eq!(remote.to_string(), "tcp:[::1]:4444");
/// assert!("localhost:4444".parse::<Address>().is_err());
/// # Ok::<(), qmp_transport::AddressError>(())
/// ```
///
/// Not every system supports every kind of address. Windows supports `tcp:` only,
/// and abstract Unix sockets exist on Linux only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Address {
    /// `unix:PATH`, a Unix socket. A relative path that begins with `@` must be
    /// written as `unix:./@…`. The prefix can be omitted if the path has no colon,
    /// or a slash before the first colon.
    Unix(PathBuf),
    /// `unix:@NAME`, an abstract Unix socket of Linux.
    Abstract(String),
    /// `tcp:HOST:PORT`. An IPv6 address must be in brackets.
    Tcp {
        /// The host's name or address, without brackets.
        host: String,
        /// The port.
        port: u16,
    },
    /// `fd:N`, a file descriptor that this process inherited: a connected socket, or
    /// a device. It is duplicated, so it stays open when the connection ends.
    Descriptor(i32),
}

/// The text is not an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressError {
    text: String,
    hint: &'static str,
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid address {:?}: {}", self.text, self.hint)
    }
}

impl std::error::Error for AddressError {}

impl From<Infallible> for AddressError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let error = |hint| AddressError {
            text: text.to_owned(),
            hint,
        };
        if text.contains('\0') {
            return Err(error("expected no NUL character"));
        }
        match text.split_once(':') {
            Some(("unix", "")) => Err(error("expected a path after unix:")),
            Some(("unix", "@")) => Err(error("expected a name after unix:@")),
            Some(("unix", path)) => match path.strip_prefix('@') {
                Some(name) => Ok(Self::Abstract(name.to_owned())),
                None => Ok(Self::Unix(path.into())),
            },
            Some(("fd", number)) => match parse_unsigned(number) {
                Some(number) => Ok(Self::Descriptor(number)),
                None => Err(error("expected the number of a file descriptor after fd:")),
            },
            Some(("tcp", rest)) => {
                let (host, port) = rest
                    .rsplit_once(':')
                    .ok_or_else(|| error("expected tcp:HOST:PORT"))?;
                let port = parse_unsigned(port)
                    .ok_or_else(|| error("expected a port, a number from 0 to 65535"))?;
                let host = parse_host(host).map_err(error)?;
                Ok(Self::Tcp {
                    host: host.to_owned(),
                    port,
                })
            }
            Some((before, _)) if !before.contains('/') => Err(error(EXPECTED)),
            None if text.is_empty() => Err(error(EXPECTED)),
            _ => Ok(Self::Unix(text.into())),
        }
    }
}

const EXPECTED: &str = "expected unix:PATH, tcp:HOST:PORT, fd:N or a path";

/// Parses a number without a sign.
fn parse_unsigned<T: FromStr>(text: &str) -> Option<T> {
    let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| all_digits)
}

/// Parses a host, and removes the brackets around an IPv6 address.
fn parse_host(text: &str) -> Result<&str, &'static str> {
    if let Some(rest) = text.strip_prefix('[') {
        let host = rest
            .strip_suffix(']')
            .ok_or("expected a closing bracket after the IPv6 address")?;
        let (address, _zone) = host.split_once('%').unwrap_or((host, ""));
        return match address.parse::<Ipv6Addr>() {
            Ok(_) => Ok(host),
            Err(_) => Err("expected an IPv6 address in the brackets"),
        };
    }
    if text.is_empty() {
        return Err("expected a host after tcp:");
    }
    if text.contains(':') {
        return Err("expected brackets around the IPv6 address");
    }
    if text.contains(|c: char| c.is_whitespace() || "[]/@".contains(c)) {
        return Err(
            "expected the name or address of a host, without spaces, brackets, `/` and `@`",
        );
    }
    Ok(text)
}

impl From<&Path> for Address {
    fn from(path: &Path) -> Self {
        Self::Unix(path.to_owned())
    }
}

impl From<PathBuf> for Address {
    fn from(path: PathBuf) -> Self {
        Self::Unix(path)
    }
}

impl From<&PathBuf> for Address {
    fn from(path: &PathBuf) -> Self {
        Self::Unix(path.clone())
    }
}

impl TryFrom<&str> for Address {
    type Error = AddressError;

    fn try_from(text: &str) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl TryFrom<&String> for Address {
    type Error = AddressError;

    fn try_from(text: &String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl From<&Address> for Address {
    fn from(address: &Address) -> Self {
        address.clone()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Abstract(name) => write!(f, "unix:@{name}"),
            Self::Descriptor(number) => write!(f, "fd:{number}"),
            Self::Tcp { host, port } if host.contains(':') => write!(f, "tcp:[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "tcp:{host}:{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_parsed_from_its_text() {
        for text in [
            "unix:/a:b c",
            "unix:@a b",
            "fd:3",
            "tcp:localhost:1",
            "tcp:[fe80::1]:65535",
        ] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_plain_path_is_a_unix_socket() {
        for text in ["/run/vm.sock", "vm.sock", "./a:b", "/a:b"] {
            assert_eq!(text.parse(), Ok(Address::Unix(text.into())));
        }
    }

    #[test]
    fn an_invalid_address_says_what_was_expected() {
        for (text, hint) in [
            ("", "expected unix:PATH"),
            ("unx:/run/vm.sock", "expected unix:PATH"),
            ("localhost:4444", "expected unix:PATH, tcp:HOST:PORT"),
            ("unix:", "expected a path"),
            ("unix:@", "expected a name"),
            ("unix:/a\0b", "NUL"),
            ("tcp:localhost", "expected tcp:HOST:PORT"),
            ("tcp:localhost:65536", "expected a port"),
            ("tcp:localhost:+5", "expected a port"),
            ("tcp:localhost:", "expected a port"),
            ("tcp:::1:5", "expected brackets"),
            ("tcp:[::1:5", "expected a closing bracket"),
            ("tcp:[localhost]:5", "expected an IPv6 address"),
            ("tcp:a]:1", "expected the name or address"),
            ("tcp:a b:1", "expected the name or address"),
            ("tcp::5", "expected a host"),
            ("fd:-1", "expected the number"),
            ("fd:+1", "expected the number"),
            ("fd:", "expected the number"),
            ("fd:2147483648", "expected the number"),
        ] {
            let error = text.parse::<Address>().unwrap_err().to_string();
            assert!(error.contains(hint), "{error}");
        }
    }
}
