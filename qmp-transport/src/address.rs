//! Where a server is to be found.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where a server is to be found.
///
/// ```
/// use qmp_transport::Address;
///
/// let vm: Address = "unix:/run/vm.sock".parse()?;
/// assert_eq!(vm, Address::Unix("/run/vm.sock".into()));
/// let remote: Address = "tcp:[::1]:4444".parse()?;
/// assert_eq!(remote.to_string(), "tcp:[::1]:4444");
/// assert!("/run/vm.sock".parse::<Address>().is_err());
/// # Ok::<(), qmp_transport::AddressError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Address {
    /// `unix:PATH`, a Unix socket. A relative path that begins with `@` is
    /// written `unix:./@…`.
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
        write!(f, "{:?} is no address: {}", self.text, self.hint)
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
        match text.split_once(':') {
            Some(("unix", "")) => Err(error("the path is empty")),
            Some(("unix", path)) if path.starts_with('@') => {
                Ok(Self::Abstract(path[1..].to_owned()))
            }
            Some(("unix", path)) => Ok(Self::Unix(path.into())),
            Some(("fd", number)) => match number.parse() {
                Ok(number @ 0..) => Ok(Self::Descriptor(number)),
                _ => Err(error("the descriptor is no number")),
            },
            Some(("tcp", rest)) => {
                let (host, port) = rest
                    .rsplit_once(':')
                    .ok_or_else(|| error("expected tcp:HOST:PORT"))?;
                let port = port
                    .parse()
                    .map_err(|_| error("the port is no number up to 65535"))?;
                let host = match host.strip_prefix('[') {
                    Some(host) => host
                        .strip_suffix(']')
                        .ok_or_else(|| error("the bracket is not closed"))?,
                    None if host.contains(':') => {
                        return Err(error("an IPv6 address stands in brackets"));
                    }
                    None => host,
                };
                if host.is_empty() {
                    return Err(error("the host is empty"));
                }
                Ok(Self::Tcp {
                    host: host.to_owned(),
                    port,
                })
            }
            _ => Err(error("expected unix:PATH, tcp:HOST:PORT or fd:N")),
        }
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
    fn what_is_no_address_says_why() {
        for (text, hint) in [
            ("", "expected unix:PATH"),
            ("unix:", "path is empty"),
            ("tcp:localhost", "expected tcp:HOST:PORT"),
            ("tcp:localhost:65536", "port is no number"),
            ("tcp:::1:5", "in brackets"),
            ("tcp:[::1:5", "not closed"),
            ("tcp::5", "host is empty"),
            ("fd:-1", "no number"),
        ] {
            let error = text.parse::<Address>().unwrap_err().to_string();
            assert!(error.contains(hint), "{error}");
        }
    }
}
