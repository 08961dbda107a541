//! Round trips of `query-status` on a real QEMU: ours, the peers', and a bare
//! loop that writes the same bytes and reads until the line ends.
//!
//! Each contestant has a QEMU of its own, since a second monitor of one QEMU is
//! slower than the first, and they take turns at each round, so that whatever
//! else the machine does meets them all alike.
//! `$QEMU` names the binary, otherwise PATH is searched.

use std::fmt;
use std::io::{BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use qmp_transport::{Options, Qmp, blocking};
use serde_core::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_core::ser::{Serialize, SerializeMap, Serializer};

const WARM_UP: usize = 500;
const ROUNDS: usize = 10_000;

type Any = Box<dyn std::error::Error>;

fn main() -> Result<(), Any> {
    let names = [
        "bare bytes",
        "ours, blocking",
        "ours, tokio",
        "qapi 0.15, blocking",
        "qapi 0.15, tokio",
    ];
    let qemus: Vec<Qemu> = (0..names.len())
        .map(Qemu::start)
        .collect::<Result<_, _>>()?;
    let mut bare = bare(&qemus[0].socket())?;
    let mut ours = blocking(&qemus[1].socket())?;
    let mut ours_tokio = tokio(&qemus[2].socket())?;
    let mut qapi = qapi_blocking(&qemus[3].socket())?;
    let mut qapi_tokio = qapi_tokio(&qemus[4].socket())?;
    let contestants: [&mut dyn FnMut() -> Result<(), Any>; 5] = [
        &mut bare,
        &mut ours,
        &mut ours_tokio,
        &mut qapi,
        &mut qapi_tokio,
    ];

    let mut times = vec![Vec::with_capacity(ROUNDS); names.len()];
    for round in 0..WARM_UP + ROUNDS {
        for turn in 0..names.len() {
            // Who comes after whom matters, so that changes too.
            let place = (round + turn * (1 + round / names.len() % 2)) % names.len();
            let begin = Instant::now();
            contestants[place]()?;
            if round >= WARM_UP {
                times[place].push(begin.elapsed());
            }
        }
    }

    println!("query-status, {ROUNDS} rounds, µs");
    println!(
        "{:<22} {:>8} {:>8} {:>8} {:>14}",
        "", "p50", "p99", "mean", "p50 / bare's"
    );
    let rows: Vec<Row> = times.into_iter().map(Row::of).collect();
    for (name, row) in names.iter().zip(&rows) {
        let ratio = row.p50 / rows[0].p50;
        println!("{name:<22} {row} {ratio:>14.3}");
    }
    Ok(())
}

struct Row {
    p50: f64,
    p99: f64,
    mean: f64,
}

impl Row {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        let us = |time: Duration| time.as_secs_f64() * 1e6;
        Self {
            p50: us(times[times.len() / 2]),
            p99: us(times[times.len() * 99 / 100]),
            mean: us(times.iter().sum::<Duration>() / times.len() as u32),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>8.1} {:>8.1} {:>8.1}", self.p50, self.p99, self.mean)
    }
}

/// A QEMU with a monitor, killed when dropped.
struct Qemu {
    child: Child,
    folder: PathBuf,
}

impl Qemu {
    fn start(number: usize) -> Result<Self, Any> {
        let program = std::env::var_os("QEMU").unwrap_or_else(|| "qemu-system-x86_64".into());
        let name = format!("qmp-bench-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder)?;
        let child = Command::new(program)
            .args([
                "-accel",
                "tcg",
                "-display",
                "none",
                "-nodefaults",
                "-S",
                "-qmp",
            ])
            .arg(format!(
                "unix:{},server=on,wait=off",
                folder.join("socket").display()
            ))
            .stdin(Stdio::null())
            .spawn()?;
        Ok(Self { child, folder })
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("socket")
    }
}

impl Drop for Qemu {
    fn drop(&mut self) {
        // Nothing can be done about a failure here.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Waits until QEMU listens, with our client, and leaves the socket free.
fn await_socket(socket: &Path) -> Result<blocking::Client, Any> {
    let options = Options::new()
        .await_server(true)
        .connect_limit(Duration::from_secs(30));
    let address = format!("unix:{}", socket.display());
    Ok(blocking::Client::<Qmp>::connect_with(address, options)?)
}

fn bare(socket: &Path) -> Result<impl FnMut() -> Result<(), Any> + use<>, Any> {
    drop(await_socket(socket)?);
    let mut stream = UnixStream::connect(socket)?;
    let mut reply = [0; 4096];
    let mut round_trip = move |command: &[u8]| -> Result<(), Any> {
        if !command.is_empty() {
            stream.write_all(command)?;
        }
        let mut length = 0;
        loop {
            match stream.read(&mut reply[length..])? {
                0 => return Err("the connection ended".into()),
                count => length += count,
            }
            if reply[..length].ends_with(b"\n") {
                return Ok(());
            }
        }
    };
    round_trip(b"")?;
    round_trip(b"{\"execute\":\"qmp_capabilities\",\"id\":123456789012}\n")?;
    Ok(move || round_trip(b"{\"execute\":\"query-status\",\"id\":123456789013}\n"))
}

fn blocking(socket: &Path) -> Result<impl FnMut() -> Result<(), Any> + use<>, Any> {
    let mut client = await_socket(socket)?;
    Ok(move || {
        let status = client.execute(QueryStatus)?;
        assert!(!status.running && status.status == "prelaunch");
        Ok(())
    })
}

fn qapi_blocking(socket: &Path) -> Result<impl FnMut() -> Result<(), Any> + use<>, Any> {
    drop(await_socket(socket)?);
    let stream = UnixStream::connect(socket)?;
    let stream = qapi::Stream::new(BufReader::new(stream.try_clone()?), stream);
    let mut client = qapi::Qmp::new(stream);
    client.handshake()?;
    Ok(move || {
        let status = client.execute(&qapi::qmp::query_status {})?;
        assert!(!status.running);
        Ok(())
    })
}

/// As most programs run it: one thread for all tasks.
fn runtime() -> Result<tokio::runtime::Runtime, Any> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}

fn tokio(socket: &Path) -> Result<impl FnMut() -> Result<(), Any> + use<>, Any> {
    let address = format!("unix:{}", socket.display());
    drop(await_socket(socket)?);
    let runtime = runtime()?;
    let client = runtime.block_on(qmp_transport::tokio::Client::connect(address))?;
    Ok(move || {
        let status = runtime.block_on(client.execute(QueryStatus))?;
        assert!(!status.running && status.status == "prelaunch");
        Ok(())
    })
}

fn qapi_tokio(socket: &Path) -> Result<impl FnMut() -> Result<(), Any> + use<>, Any> {
    drop(await_socket(socket)?);
    let runtime = runtime()?;
    let (service, reader) = runtime.block_on(async {
        let stream = qapi::futures::QmpStreamTokio::open_uds(socket).await?;
        let (service, reader) = stream.negotiate().await?.into_parts();
        Ok::<_, Any>((service, reader.spawn_tokio()))
    })?;
    Ok(move || {
        let _reader = &reader;
        let status = runtime.block_on(service.execute(qapi::qmp::query_status {}))?;
        assert!(!status.running);
        Ok(())
    })
}

/// `query-status` as generated code has it.
#[derive(Debug)]
struct QueryStatus;

impl Serialize for QueryStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_map(Some(0))?.end()
    }
}

impl qmp_types::Command for QueryStatus {
    type Protocol = Qmp;
    type Return = Status;
    const NAME: &'static str = "query-status";
}

#[derive(Debug)]
struct Status {
    running: bool,
    status: String,
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StatusVisitor;

        impl<'de> Visitor<'de> for StatusVisitor {
            type Value = Status;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a status")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Status, A::Error> {
                let mut found = Status {
                    running: false,
                    status: String::new(),
                };
                while let Some(key) = map.next_key::<String>()? {
                    match &*key {
                        "running" => found.running = map.next_value()?,
                        "status" => found.status = map.next_value()?,
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(found)
            }
        }

        deserializer.deserialize_map(StatusVisitor)
    }
}
