//! Round trips on a real QEMU: ours, the peers', and a bare loop that writes the
//! same bytes and reads until the line ends.
//!
//! One QEMU is faster than the next, by more than clients differ. So there are
//! as many as contestants, each contestant has each of them in its turn, and at
//! each round all of them go once, so that whatever else the machine does meets
//! them alike. What counts is the median, over the QEMUs, of the ratio to the
//! bare bytes on the same QEMU.
//! `$QEMU` names the binary, otherwise PATH is searched.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use qmp_transport::{Options, Qmp, blocking};
use qmp_types::compat::commands::{QueryQmpSchema, QueryStatus};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const WARM_UP: usize = 100;

type Any = Box<dyn std::error::Error>;
/// One command, and how long it took.
type Go = Box<dyn FnMut(What) -> Result<Duration, Any>>;

/// What is asked for.
#[derive(Clone, Copy)]
enum What {
    Status,
    Schema,
}

/// How a contestant begins, on the socket of a QEMU.
type Begin = fn(&Path) -> Result<Go, Any>;

/// Where the bare bytes are among the contestants, waited for in `read`, and by
/// tokio.
const BARE: [usize; 2] = [0, 1];

const CONTESTANTS: [(&str, Begin); 8] = [
    ("bare bytes", bare),
    ("bare bytes, tokio", bare_tokio),
    // What qapi on tokio sends, which asks less of QEMU.
    ("bare, without ids", bare_without_ids),
    ("ours, blocking", ours),
    ("ours, tokio", ours_tokio),
    ("qapi 0.15, blocking", qapi_blocking),
    ("qapi 0.15, tokio", qapi_tokio),
    ("qemu.qmp, Python", python),
];

fn main() -> Result<(), Any> {
    let mut contestants = CONTESTANTS.to_vec();
    if let Err(error) = interpreter() {
        println!("qemu.qmp is left out: {error}");
        contestants.pop();
    }
    let qemus: Vec<Qemu> = (0..contestants.len())
        .map(Qemu::start)
        .collect::<Result<_, _>>()?;
    for (title, what, rounds) in [
        ("query-status", What::Status, 2000),
        ("query-qmp-schema, decoded into types", What::Schema, 40),
    ] {
        let times = measure(&contestants, &qemus, what, rounds)?;
        println!();
        println!(
            "{title}, {} QEMUs, {rounds} rounds on each, µs",
            qemus.len()
        );
        println!(
            "{:<22} {:>9} {:>9} {:>9} {:>12} {:>12} {:>12} {:>12}",
            "", "p50", "p99", "mean", "p50 / bare", "p99 / bare", "p50 / tokio", "p99 / tokio"
        );
        for (place, (name, _)) in contestants.iter().enumerate() {
            let all: Vec<Duration> = times[place].concat();
            let ratio = |base: usize, part: f64| {
                let on_each = times[place].iter().zip(&times[base]);
                let ratios = on_each.map(|(mine, bare)| {
                    quantile(mine, part).as_secs_f64() / quantile(bare, part).as_secs_f64()
                });
                let mut ratios: Vec<f64> = ratios.collect();
                ratios.sort_by(f64::total_cmp);
                ratios[ratios.len() / 2]
            };
            let us = |time: Duration| time.as_secs_f64() * 1e6;
            println!(
                "{name:<22} {:>9.1} {:>9.1} {:>9.1} {:>12.3} {:>12.3} {:>12.3} {:>12.3}",
                us(quantile(&all, 0.5)),
                us(quantile(&all, 0.99)),
                us(all.iter().sum::<Duration>() / all.len() as u32),
                ratio(BARE[0], 0.5),
                ratio(BARE[0], 0.99),
                ratio(BARE[1], 0.5),
                ratio(BARE[1], 0.99),
            );
        }
    }
    Ok(())
}

fn quantile(times: &[Duration], part: f64) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times[(times.len() as f64 * part) as usize]
}

/// The times of each contestant on each QEMU.
fn measure(
    contestants: &[(&str, Begin)],
    qemus: &[Qemu],
    what: What,
    rounds: usize,
) -> Result<Vec<Vec<Vec<Duration>>>, Any> {
    let count = contestants.len();
    let mut times = vec![vec![Vec::with_capacity(rounds); count]; count];
    for shift in 0..count {
        let place_of = |place: usize| (place + shift) % count;
        let mut all = Vec::new();
        for (place, (name, begin)) in contestants.iter().enumerate() {
            let go = begin(&qemus[place_of(place)].socket());
            all.push(go.map_err(|error| format!("{name}: {error}"))?);
        }
        let warm_up = WARM_UP.min(rounds / 10);
        for round in 0..warm_up + rounds {
            for turn in 0..count {
                // Who comes after whom matters, so that changes too.
                let place = (round + turn * (1 + round / count % 2 * (count - 2))) % count;
                let time = all[place](what)?;
                if round >= warm_up {
                    times[place][place_of(place)].push(time);
                }
            }
        }
    }
    Ok(times)
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
        let qemu = Self { child, folder };
        await_socket(&qemu.socket())?;
        Ok(qemu)
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

fn timed(act: impl FnOnce() -> Result<(), Any>) -> Result<Duration, Any> {
    let begin = Instant::now();
    act()?;
    Ok(begin.elapsed())
}

fn bare(socket: &Path) -> Result<Go, Any> {
    bare_with(socket, ",\"id\":123456789013")
}

fn bare_without_ids(socket: &Path) -> Result<Go, Any> {
    bare_with(socket, ",\"arguments\":{}")
}

/// The commands as they are written: of the negotiation, and of each question.
struct Commands {
    negotiation: Vec<u8>,
    status: Vec<u8>,
    schema: Vec<u8>,
}

impl Commands {
    fn with(more: &str) -> Self {
        let command = |name: &str| format!("{{\"execute\":\"{name}\"{more}}}\n").into_bytes();
        Self {
            negotiation: command("qmp_capabilities"),
            status: command("query-status"),
            schema: command("query-qmp-schema"),
        }
    }

    fn ask(&self, what: What) -> &[u8] {
        match what {
            What::Status => &self.status,
            What::Schema => &self.schema,
        }
    }
}

fn bare_with(socket: &Path, more: &str) -> Result<Go, Any> {
    let commands = Commands::with(more);
    let mut stream = UnixStream::connect(socket)?;
    let mut reply = vec![0; 1 << 20];
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
    round_trip(&commands.negotiation)?;
    Ok(Box::new(move |what| {
        timed(|| round_trip(commands.ask(what)))
    }))
}

/// What a task costs that waits for its own bytes.
fn bare_tokio(socket: &Path) -> Result<Go, Any> {
    let commands = Commands::with(",\"id\":123456789013");
    let runtime = runtime()?;
    let mut stream = runtime.block_on(tokio::net::UnixStream::connect(socket))?;
    let mut reply = vec![0; 1 << 20];
    let mut round_trip = move |command: &[u8]| -> Result<(), Any> {
        runtime.block_on(async {
            if !command.is_empty() {
                stream.write_all(command).await?;
            }
            let mut length = 0;
            loop {
                match stream.read(&mut reply[length..]).await? {
                    0 => return Err("the connection ended".into()),
                    count => length += count,
                }
                if reply[..length].ends_with(b"\n") {
                    return Ok(());
                }
            }
        })
    };
    round_trip(b"")?;
    round_trip(&commands.negotiation)?;
    Ok(Box::new(move |what| {
        timed(|| round_trip(commands.ask(what)))
    }))
}

fn ours(socket: &Path) -> Result<Go, Any> {
    let mut client = await_socket(socket)?;
    Ok(Box::new(move |what| {
        timed(|| {
            match what {
                What::Status => assert!(!client.execute(QueryStatus::new())?.running),
                What::Schema => assert!(client.execute(QueryQmpSchema::new())?.len() > 100),
            }
            Ok(())
        })
    }))
}

fn qapi_blocking(socket: &Path) -> Result<Go, Any> {
    let stream = UnixStream::connect(socket)?;
    let stream = qapi::Stream::new(BufReader::new(stream.try_clone()?), stream);
    let mut client = qapi::Qmp::new(stream);
    client.handshake()?;
    Ok(Box::new(move |what| {
        timed(|| {
            match what {
                What::Status => assert!(!client.execute(&qapi::qmp::query_status {})?.running),
                What::Schema => {
                    assert!(client.execute(&qapi::qmp::query_qmp_schema {})?.len() > 100);
                }
            }
            Ok(())
        })
    }))
}

/// As most programs run it: one thread for all tasks.
fn runtime() -> Result<tokio::runtime::Runtime, Any> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}

fn ours_tokio(socket: &Path) -> Result<Go, Any> {
    let address = format!("unix:{}", socket.display());
    let runtime = runtime()?;
    let client = runtime.block_on(qmp_transport::tokio::Client::connect(address))?;
    Ok(Box::new(move |what| {
        timed(|| {
            runtime.block_on(async {
                match what {
                    What::Status => assert!(!client.execute(QueryStatus::new()).await?.running),
                    What::Schema => {
                        assert!(client.execute(QueryQmpSchema::new()).await?.len() > 100);
                    }
                }
                Ok(())
            })
        })
    }))
}

fn qapi_tokio(socket: &Path) -> Result<Go, Any> {
    let runtime = runtime()?;
    let (service, reader) = runtime.block_on(async {
        let stream = qapi::futures::QmpStreamTokio::open_uds(socket).await?;
        let (service, reader) = stream.negotiate().await?.into_parts();
        Ok::<_, Any>((service, reader.spawn_tokio()))
    })?;
    Ok(Box::new(move |what| {
        let _reader = &reader;
        timed(|| {
            runtime.block_on(async {
                match what {
                    What::Status => {
                        let status = service.execute(qapi::qmp::query_status {}).await?;
                        assert!(!status.running);
                    }
                    What::Schema => {
                        let schema = service.execute(qapi::qmp::query_qmp_schema {}).await?;
                        assert!(schema.len() > 100);
                    }
                }
                Ok(())
            })
        })
    }))
}

/// The Python that has qemu.qmp, made on the first call.
fn interpreter() -> Result<PathBuf, Any> {
    let program = std::env::current_exe()?;
    let target = program
        .ancestors()
        .nth(2)
        .ok_or("there is no target folder")?;
    let folder = target.join("qemu-qmp");
    let python = folder.join("bin/python3");
    let has = |python: &Path| {
        let import = Command::new(python)
            .args(["-c", "import qemu.qmp"])
            .stderr(Stdio::null())
            .status();
        import.is_ok_and(|status| status.success())
    };
    if !has(&python) {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        run(Command::new(folder.join("bin/pip")).args(["install", "--quiet", "qemu.qmp"]))?;
    }
    if has(&python) {
        Ok(python)
    } else {
        Err("it cannot be imported".into())
    }
}

fn run(command: &mut Command) -> Result<(), Any> {
    let status = command.status()?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("{:?}: {status}", command.get_program()).into()),
    }
}

struct Python {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Python {
    fn line(&mut self) -> Result<String, Any> {
        let mut line = String::new();
        match self.stdout.read_line(&mut line)? {
            0 => Err("the Python client ended".into()),
            _ => Ok(line),
        }
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // Nothing can be done about a failure here.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn python(socket: &Path) -> Result<Go, Any> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin/qemu_qmp.py");
    let mut child = Command::new(interpreter()?)
        .arg(script)
        .arg(socket)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (Some(stdin), Some(stdout)) = (stdin, stdout) else {
        return Err("the pipes are missing".into());
    };
    let mut python = Python {
        child,
        stdin,
        stdout: BufReader::new(stdout),
    };
    python.line()?;
    Ok(Box::new(move |what| {
        let command: &[u8] = match what {
            What::Status => b"query-status\n",
            What::Schema => b"query-qmp-schema\n",
        };
        python.stdin.write_all(command)?;
        Ok(Duration::from_nanos(python.line()?.trim().parse()?))
    }))
}
