//! All kinds of addresses and streams, on a real QEMU, with both clients.

#![allow(clippy::unwrap_used)]

use std::fs::OpenOptions;
use std::net::TcpListener;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed};
use qmp_transport::{
    Address, Error, Listener, Options, Protocol, Qmp, Qsd, Stream, blocking, launch,
    launch_storage_daemon,
};
use test_support::{Server, causes, command, live, needs, programs};

/// A time limit that is reached only when a test fails.
const LONG: Duration = Duration::from_secs(60);
/// A time limit that is meant to be reached.
const SHORT: Duration = Duration::from_millis(100);

fn main() {
    let arguments = Arguments::from_args();
    macro_rules! tests {
        ($($name:path),* $(,)?) => {
            vec![$(live(stringify!($name), $name)),*]
        };
    }
    let mut tests = tests![
        abstract_sockets,
        plain_paths,
        tcp,
        inherited_descriptors,
        a_child_that_speaks_on_its_standard_streams,
        pipes,
        an_open_stream_of_the_callers,
        qemu_connects_to_us,
        a_socket_that_is_still_to_come,
        a_socket_that_never_comes,
        launched_over_a_socket_pair,
    ];
    tests.push(needs(
        &programs::QEMU_STORAGE_DAEMON,
        "the_storage_daemon_is_launched",
        the_storage_daemon_is_launched,
    ));
    libtest_mimic::run(&arguments, tests).exit();
}

/// A stream, or an address to connect to.
enum To {
    Stream(Stream),
    Address(Address, Options),
}

impl To {
    fn address(address: impl TryInto<Address, Error: std::fmt::Debug>) -> To {
        To::Address(address.try_into().unwrap(), Options::new())
    }
}

fn on_blocking<P: Protocol>(to: To, command: &str) -> Result<(), Failed> {
    let mut client = match to {
        To::Stream(stream) => blocking::Client::<P>::from_stream(stream, Options::new())?,
        To::Address(address, options) => {
            blocking::Client::<P>::connect_with(address, options.connect_limit(LONG))?
        }
    };
    client.execute_raw(command, &())?;
    // Events are received, too.
    assert!(client.next_event(Duration::ZERO)?.is_none());
    Ok(())
}

#[cfg(feature = "tokio")]
fn on_tokio<P: Protocol>(to: To, command: &str) -> Result<(), Failed> {
    use qmp_transport::tokio::Client;

    runtime()?.block_on(async {
        let client = match to {
            To::Stream(stream) => Client::<P>::from_stream(stream, Options::new()).await?,
            To::Address(address, options) => {
                Client::<P>::connect_with(address, options.connect_limit(LONG)).await?
            }
        };
        let end = tokio::spawn(client.join());
        client.execute_raw(command, &()).await?;
        client.close().await;
        assert!(matches!(end.await?, Error::Closed(_)));
        Ok(())
    })
}

#[cfg(feature = "tokio")]
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

/// Connects with each client, one after the other.
fn each_of<P: Protocol>(
    command: &str,
    mut to: impl FnMut() -> Result<To, Failed>,
) -> Result<(), Failed> {
    on_blocking::<P>(to()?, command)?;
    #[cfg(feature = "tokio")]
    on_tokio::<P>(to()?, command)?;
    Ok(())
}

fn each(to: impl FnMut() -> Result<To, Failed>) -> Result<(), Failed> {
    each_of::<Qmp>("query-status", to)
}

/// QEMU with a monitor on a character device.
fn with_chardev(qemu: &Path, chardev: &str) -> Command {
    let mut command = command(qemu);
    command
        .args(["-accel", "tcg", "-display", "none", "-nodefaults", "-S"])
        .args(["-chardev", &format!("{chardev},id=qmp")])
        .args(["-mon", "chardev=qmp,mode=control"])
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

/// Kills a child when it is dropped.
struct Kill(Child);

impl Drop for Kill {
    fn drop(&mut self) {
        // It may have exited before.
        let _ = self.0.kill();
        self.0.wait().unwrap();
    }
}

/// A name that no other test uses.
fn unique(what: &str) -> String {
    format!("qmp-transport-{}-{what}", std::process::id())
}

/// A path as text and as a `Path`, without a prefix.
fn plain_paths(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &[]);
    drop(server.connect());
    let path = server.socket();
    each(|| Ok(To::address(path.as_path())))?;
    each(|| Ok(To::address(&path)))?;
    each(|| Ok(To::address(path.to_str().unwrap())))
}

fn abstract_sockets(qemu: &Path) -> Result<(), Failed> {
    let name = unique("abstract");
    let socket = format!("socket,path={name},abstract=on,server=on,wait=off");
    let _qemu = Kill(with_chardev(qemu, &socket).spawn()?);
    each(|| {
        let address = Address::try_from(format!("unix:@{name}"))?;
        Ok(To::Address(address, Options::new().await_server(true)))
    })
}

fn tcp(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S", "-qmp", "tcp:127.0.0.1:0,server=on,wait=off"]);
    let chardevs = server.connect().execute_raw("query-chardev", &())?;
    // disconnected:tcp:127.0.0.1:PORT,server=on
    let names = chardevs.as_array().unwrap().iter();
    let address = names
        .filter_map(|chardev| chardev["filename"].as_str()?.strip_prefix("disconnected:"))
        .find(|name| name.starts_with("tcp:"))
        .and_then(|name| name.split(',').next())
        .unwrap();
    each(|| Ok(To::address(address)))
}

fn inherited_descriptors(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    drop(server.connect());
    let mut kept: Option<UnixStream> = None;
    each(|| {
        // QEMU serves the connection before it until that is closed.
        kept = None;
        let stream = UnixStream::connect(server.socket())?;
        let address = format!("fd:{}", stream.as_raw_fd());
        kept = Some(stream);
        Ok(To::address(address))
    })?;
    // Numbers without a descriptor, and of a descriptor that is not a socket.
    for number in [1 << 20, -1] {
        let error = blocking::Client::<Qmp>::connect(Address::Descriptor(number)).unwrap_err();
        assert!(matches!(error, Error::Connect(_)), "{error}");
    }
    Ok(())
}

fn a_child_that_speaks_on_its_standard_streams(qemu: &Path) -> Result<(), Failed> {
    let mut qemus = Vec::new();
    each(|| {
        let mut child = with_chardev(qemu, "stdio")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stream = Stream::from_child(child.stdin.take().unwrap(), child.stdout.take().unwrap());
        qemus.push(Kill(child));
        Ok(To::Stream(stream))
    })
}

fn pipes(qemu: &Path) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let mut qemus = Vec::new();
    let mut count = 0;
    each(|| {
        count += 1;
        let path = folder.path().join(format!("pipe{count}"));
        let path = path.to_str().unwrap();
        programs::MKFIFO.run(&[&format!("{path}.in"), &format!("{path}.out")]);
        qemus.push(Kill(
            with_chardev(qemu, &format!("pipe,path={path}")).spawn()?,
        ));
        // Opening blocks until QEMU opens the other end.
        let write = OpenOptions::new().write(true).open(format!("{path}.in"))?;
        let read = OpenOptions::new().read(true).open(format!("{path}.out"))?;
        Ok(To::Stream(Stream::Pipe {
            read: OwnedFd::from(read),
            write: OwnedFd::from(write),
        }))
    })
}

fn an_open_stream_of_the_callers(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    drop(server.connect());
    each(|| Ok(To::Stream(UnixStream::connect(server.socket())?.into())))
}

fn qemu_connects_to_us(qemu: &Path) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("socket");
    let name = unique("listen");
    // Sockets that listen already, such as systemd passes to a service.
    let inherited_path = folder.path().join("inherited");
    let inherited_unix = UnixListener::bind(&inherited_path)?;
    let inherited_tcp = TcpListener::bind("127.0.0.1:0")?;
    let unix = |path: &Path| format!("socket,path={}", path.display());
    let tcp = |port: u16| format!("socket,host=127.0.0.1,port={port}");
    for (address, chardev) in [
        (format!("unix:{}", path.display()), unix(&path)),
        (
            format!("unix:@{name}"),
            format!("socket,path={name},abstract=on"),
        ),
        ("tcp:127.0.0.1:0".to_owned(), String::new()),
        (
            format!("fd:{}", inherited_unix.as_raw_fd()),
            unix(&inherited_path),
        ),
        (
            format!("fd:{}", inherited_tcp.as_raw_fd()),
            tcp(inherited_tcp.local_addr()?.port()),
        ),
    ] {
        let listener = Listener::bind(&address)?;
        let chardev = match listener.address() {
            Address::Tcp { port, .. } => tcp(*port),
            _ => chardev,
        };
        let mut qemus = vec![Kill(with_chardev(qemu, &chardev).spawn()?)];
        on_blocking::<Qmp>(To::Stream(listener.accept(LONG)?), "query-status")?;
        let error = listener.accept(SHORT).unwrap_err();
        assert!(matches!(error, Error::Connect(_)), "{error}");

        #[cfg(feature = "tokio")]
        runtime()?.block_on(async {
            use qmp_transport::tokio::{Client, accept};

            qemus.push(Kill(with_chardev(qemu, &chardev).spawn()?));
            let stream = accept(&listener, LONG).await?;
            let qmp = Client::<Qmp>::from_stream(stream, Options::new()).await?;
            qmp.execute_raw("query-status", &()).await?;
            let error = accept(&listener, SHORT).await.unwrap_err();
            assert!(matches!(error, Error::Connect(_)), "{error}");
            Ok::<_, Failed>(())
        })?;
        drop(qemus.pop());
    }
    assert!(!path.exists() && inherited_path.exists());

    let connected = UnixStream::connect(&inherited_path)?;
    let error = Listener::bind(format!("fd:{}", connected.as_raw_fd())).unwrap_err();
    let causes = causes(&error);
    assert!(causes[1].contains("does not listen"), "{causes:?}");
    Ok(())
}

fn a_socket_that_is_still_to_come(qemu: &Path) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let mut qemus = Vec::new();
    let mut count = 0;
    each(|| {
        count += 1;
        let path = folder.path().join(format!("socket{count}"));
        let chardev = format!("socket,server=on,wait=off,path={}", path.display());
        let mut command = with_chardev(qemu, &chardev);
        qemus.push(std::thread::spawn(move || {
            std::thread::sleep(SHORT);
            Kill(command.spawn().unwrap())
        }));
        let address = Address::Unix(path);
        Ok(To::Address(address, Options::new().await_server(true)))
    })?;
    for qemu in qemus {
        drop(qemu.join().unwrap());
    }
    Ok(())
}

fn a_socket_that_never_comes(_: &Path) -> Result<(), Failed> {
    let options = || Options::new().await_server(true).connect_limit(SHORT);
    let folder = tempfile::tempdir()?;
    let address = Address::Unix(folder.path().join("none"));
    let begin = Instant::now();
    let error = blocking::Client::<Qmp>::connect_with(&address, options()).unwrap_err();
    assert!(matches!(error, Error::Connect(_)), "{error}");
    assert!(begin.elapsed() >= SHORT / 2 && begin.elapsed() < LONG);

    #[cfg(feature = "tokio")]
    {
        use qmp_transport::tokio::Client;

        let begin = Instant::now();
        let runtime = runtime()?;
        let error = runtime.block_on(Client::<Qmp>::connect_with(&address, options()));
        let error = error.unwrap_err();
        assert!(matches!(error, Error::Connect(_)), "{error}");
        assert!(
            error.to_string().contains("is the server running"),
            "{error}"
        );
        assert!(begin.elapsed() >= SHORT / 2);

        // A future that is dropped must leave nothing that the runtime waits for.
        let patient = Options::new().await_server(true).connect_limit(LONG);
        let connecting = Client::<Qmp>::connect_with(&address, patient);
        let given_up = runtime.block_on(async { tokio::time::timeout(SHORT, connecting).await });
        assert!(given_up.is_err());
        drop(runtime);
        assert!(begin.elapsed() < LONG / 2);
    }
    Ok(())
}

fn launched_over_a_socket_pair(qemu: &Path) -> Result<(), Failed> {
    let mut qemus = Vec::new();
    each(|| {
        let mut command = command(qemu);
        command.args(["-accel", "tcg", "-display", "none", "-nodefaults", "-S"]);
        let (child, stream) = launch(command)?;
        qemus.push(Kill(child));
        Ok(To::Stream(stream))
    })
}

fn the_storage_daemon_is_launched(daemon: &Path) -> Result<(), Failed> {
    let mut daemons = Vec::new();
    each_of::<Qsd>("query-chardev", || {
        let (child, stream) = launch_storage_daemon(command(daemon))?;
        daemons.push(Kill(child));
        Ok(To::Stream(stream))
    })
}
