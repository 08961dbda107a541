//! Where a server is to be found.

use std::convert::Infallible;
use std::fmt;
use std::net::Ipv6Addr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where a server is to be found.
///
/// A plain path stands for a Unix socket, as text and as a [`Path`].
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
/// On Windows only `tcp:` addresses can be connected to; on other systems than
/// Linux all but abstract Unix sockets can.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Address {
    /// `unix:PATH`, a Unix socket. A relative path that begins with `@` is
    /// written `unix:./@…`. The prefix can be left out where the path has no
    /// colon, or a slash before it.
    Unix(PathBuf),
    /// `unix:@NAME`, a Unix socket in Linux' abstract name space.
    Abstract(String),
    /// `tcp:HOST:PORT`. An IPv6 address stands in brackets.
    Tcp {
        /// The host's name or address, without brackets.
        host: String,
        /// The port.
        port: u16,
    },
    /// `fd:N`, a descriptor that this process inherited: a connected socket, or
    /// a device. It is duplicated, so it stays open when the connection ends.
    Descriptor(i32),
}

/// The text names no address.
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
            return Err(error("it has a NUL character"));
        }
        match text.split_once(':') {
            Some(("unix", "")) => Err(error("the path is empty")),
            Some(("unix", "@")) => Err(error("the name is empty")),
            Some(("unix", path)) => match path.strip_prefix('@') {
                Some(name) => Ok(Self::Abstract(name.to_owned())),
                None => Ok(Self::Unix(path.into())),
            },
            Some(("fd", number)) => match decimal(number) {
                Some(number) => Ok(Self::Descriptor(number)),
                None => Err(error("expected the number of a descriptor after fd:")),
            },
            Some(("tcp", rest)) => {
                let (host, port) = rest
                    .rsplit_once(':')
                    .ok_or_else(|| error("expected tcp:HOST:PORT"))?;
                let port = decimal(port)
                    .ok_or_else(|| error("expected a port, which is a number up to 65535"))?;
                let host = host_of(host).map_err(error)?;
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

/// A number without a sign.
fn decimal<T: FromStr>(text: &str) -> Option<T> {
    let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| all_digits)
}

/// A host, without the brackets around an IPv6 address.
fn host_of(text: &str) -> Result<&str, &'static str> {
    if let Some(rest) = text.strip_prefix('[') {
        let host = rest.strip_suffix(']').ok_or("the bracket is not closed")?;
        let (address, _zone) = host.split_once('%').unwrap_or((host, ""));
        return match address.parse::<Ipv6Addr>() {
            Ok(_) => Ok(host),
            Err(_) => Err("expected an IPv6 address in the brackets"),
        };
    }
    if text.is_empty() {
        return Err("the host is empty");
    }
    if text.contains(':') {
        return Err("an IPv6 address needs brackets around it");
    }
    if text.contains(|c: char| c.is_whitespace() || "[]/@".contains(c)) {
        return Err("the host has a character that no host's name has");
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
    fn what_is_printed_parses_to_the_same() {
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
    fn what_is_no_address_says_why() {
        for (text, hint) in [
            ("", "expected unix:PATH"),
            ("unx:/run/vm.sock", "expected unix:PATH"),
            ("localhost:4444", "expected unix:PATH, tcp:HOST:PORT"),
            ("unix:", "path is empty"),
            ("unix:@", "name is empty"),
            ("unix:/a\0b", "NUL"),
            ("tcp:localhost", "expected tcp:HOST:PORT"),
            ("tcp:localhost:65536", "expected a port"),
            ("tcp:localhost:+5", "expected a port"),
            ("tcp:localhost:", "expected a port"),
            ("tcp:::1:5", "needs brackets"),
            ("tcp:[::1:5", "not closed"),
            ("tcp:[localhost]:5", "expected an IPv6 address"),
            ("tcp:a]:1", "no host's name has"),
            ("tcp:a b:1", "no host's name has"),
            ("tcp::5", "host is empty"),
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
