//! Clients against a server of this program's own that answers at once: the
//! instructions that a command costs, the events that get through, and the
//! memory that a connection takes.
//!
//! Without arguments it starts itself, as the server and as each client in turn,
//! and prints what came of it. Instructions are counted by valgrind: the
//! difference between two numbers of commands is what those between them cost.

use std::io::{BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use qmp_transport::{Options, Qmp, blocking, tokio::Client};
use qmp_types::compat::commands::{QueryName, QueryQmpSchema, Stop};

type Any = Box<dyn std::error::Error>;

const GREETING: &[u8] = b"{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 0, \"minor\": 2, \"major\": 8}, \"package\": \"\"}, \"capabilities\": []}}\r\n";
const EVENT: &str = "{\"timestamp\": {\"seconds\": 1700000000, \"microseconds\": 123456}, \"event\": \"JOB_STATUS_CHANGE\", \"data\": {\"status\": \"running\", \"id\": \"backup0\"}}\r\n";
/// How many events come of `stop`.
const EVENTS: usize = 1_000_000;

fn main() -> Result<(), Any> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => measure(),
        ["serve", path] => serve_all(path),
        ["commands", who, path, count] => commands(who, path, count.parse()?),
        ["events", who, path] => events(who, path),
        ["memory", who, path, count] => memory(who, path, count.parse()?),
        _ => Err("see the head of this file".into()),
    }
}

/// Kills the server in the end.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing can be done about a failure here.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn measure() -> Result<(), Any> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("socket");
    let path = path.to_str().ok_or("the folder's name is no text")?;
    let program = std::env::current_exe()?;
    let _server = Server(Command::new(&program).args(["serve", path]).spawn()?);
    while UnixStream::connect(path).is_err() {
        std::thread::sleep(Duration::from_millis(10));
    }

    println!("client's instructions per command, and its ratio to ours; `8` are pipelined by");
    println!("8, `schema` is query-qmp-schema of 11.1 decoded into types, the others query-name");
    let found = Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    if found.is_ok_and(|status| status.success()) {
        for group in [
            &["ours", "qapi"][..],
            &["ours-tokio", "qapi-tokio"],
            &["ours-tokio-8", "qapi-tokio-8"],
            &["ours-schema", "qapi-schema"],
            &["ours-tokio-schema", "qapi-tokio-schema"],
        ] {
            let mut ours = None;
            for who in group {
                let cost = instructions(&program, who, path)?;
                let ratio = cost / *ours.get_or_insert(cost);
                println!("{who:<18} {cost:>10.0} {ratio:>8.2}");
            }
        }
    } else {
        println!("left out: there is no valgrind");
    }

    println!("\n{EVENTS} events into one subscriber, million per second");
    for who in ["ours", "ours-tokio", "qapi", "qapi-tokio"] {
        let output = output(Command::new(&program).args(["events", who, path]))?;
        println!("{who:<16} {}", String::from_utf8(output.stdout)?.trim());
    }

    println!("\nresident memory per idle connection, KiB, of 100 and of 1000");
    for who in ["ours", "ours-tokio", "qapi", "qapi-tokio"] {
        print!("{who:<16}");
        for count in ["100", "1000"] {
            let output = output(Command::new(&program).args(["memory", who, path, count]))?;
            print!(" {:>8}", String::from_utf8(output.stdout)?.trim());
        }
        println!();
    }
    Ok(())
}

fn output(command: &mut Command) -> Result<Output, Any> {
    let output = command.output()?;
    match output.status.success() {
        true => Ok(output),
        false => Err(String::from_utf8_lossy(&output.stderr).into()),
    }
}

fn instructions(program: &Path, who: &str, path: &str) -> Result<f64, Any> {
    let (few, many) = if who.ends_with("schema") {
        (4, 12)
    } else {
        (1000, 3000)
    };
    let mut counts = [0_u64; 2];
    for (count, commands) in counts.iter_mut().zip([few, many]) {
        let output = output(
            Command::new("valgrind")
                .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
                .arg(program)
                .args(["commands", who, path, &commands.to_string()]),
        )?;
        let text = String::from_utf8(output.stderr)?;
        let (_, collected) = text
            .split_once("Collected : ")
            .ok_or("valgrind counted nothing")?;
        *count = collected
            .lines()
            .next()
            .unwrap_or_default()
            .trim()
            .parse()?;
    }
    Ok((counts[1] - counts[0]) as f64 / f64::from(many - few))
}

fn runtime() -> Result<tokio::runtime::Runtime, Any> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}

fn commands(who: &str, path: &str, count: u32) -> Result<(), Any> {
    match who {
        "ours" => {
            let mut client = blocking::Client::connect(format!("unix:{path}"))?;
            for _ in 0..count {
                client.execute(QueryName::new())?;
            }
        }
        "ours-tokio" => runtime()?.block_on(async {
            let client = Client::connect(format!("unix:{path}")).await?;
            for _ in 0..count {
                client.execute(QueryName::new()).await?;
            }
            Ok::<_, Any>(())
        })?,
        "ours-tokio-8" => runtime()?.block_on(async {
            let client = Client::connect(format!("unix:{path}")).await?;
            for _ in 0..count / 8 {
                let calls = (0..8).map(|_| client.execute(QueryName::new()));
                for answer in join_all(calls).await {
                    answer?;
                }
            }
            Ok::<_, Any>(())
        })?,
        "ours-schema" => {
            let mut client = blocking::Client::connect(format!("unix:{path}"))?;
            for _ in 0..count {
                client.execute(QueryQmpSchema::new())?;
            }
        }
        "ours-tokio-schema" => runtime()?.block_on(async {
            let client = Client::connect(format!("unix:{path}")).await?;
            for _ in 0..count {
                client.execute(QueryQmpSchema::new()).await?;
            }
            Ok::<_, Any>(())
        })?,
        "qapi" => {
            let mut client = qapi_blocking(path)?;
            for _ in 0..count {
                client.execute(&qapi::qmp::query_name {})?;
            }
        }
        "qapi-schema" => {
            let mut client = qapi_blocking(path)?;
            for _ in 0..count {
                client.execute(&qapi::qmp::query_qmp_schema {})?;
            }
        }
        "qapi-tokio-schema" => runtime()?.block_on(async {
            let stream = qapi::futures::QmpStreamTokio::open_uds(path).await?;
            let (service, _reader) = stream.negotiate().await?.spawn_tokio();
            for _ in 0..count {
                service.execute(qapi::qmp::query_qmp_schema {}).await?;
            }
            Ok::<_, Any>(())
        })?,
        "qapi-tokio" => runtime()?.block_on(async {
            let stream = qapi::futures::QmpStreamTokio::open_uds(path).await?;
            let (service, _reader) = stream.negotiate().await?.spawn_tokio();
            for _ in 0..count {
                service.execute(qapi::qmp::query_name {}).await?;
            }
            Ok::<_, Any>(())
        })?,
        "qapi-tokio-8" => runtime()?.block_on(async {
            let stream = qapi::futures::QmpStreamTokio::open_uds(path).await?;
            let (service, _reader) = stream.negotiate().await?.spawn_tokio();
            for _ in 0..count / 8 {
                let calls = (0..8).map(|_| service.execute(qapi::qmp::query_name {}));
                for answer in join_all(calls).await {
                    answer?;
                }
            }
            Ok::<_, Any>(())
        })?,
        _ => return Err("no such client".into()),
    }
    Ok(())
}

type QapiBlocking = qapi::Qmp<qapi::Stream<BufReader<UnixStream>, UnixStream>>;

fn qapi_blocking(path: &str) -> Result<QapiBlocking, Any> {
    let stream = UnixStream::connect(path)?;
    let stream = qapi::Stream::new(BufReader::new(stream.try_clone()?), stream);
    let mut client = qapi::Qmp::new(stream);
    client.handshake()?;
    Ok(client)
}

/// Prints how many million events a second came through.
fn events(who: &str, path: &str) -> Result<(), Any> {
    let begin = Instant::now();
    let (mut seen, mut lost) = (0, 0);
    match who {
        "ours" => {
            let options = Options::new().event_queue(EVENTS);
            let address = format!("unix:{path}");
            let mut client = blocking::Client::<Qmp>::connect_with(address, options)?;
            client.execute(Stop::new())?;
            seen += client.events().count();
        }
        "ours-tokio" => runtime()?.block_on(async {
            let client = Client::connect(format!("unix:{path}")).await?;
            let mut events = client.subscribe_all();
            let stop = tokio::spawn(async move { client.execute(Stop::new()).await.map(|_| ()) });
            while seen + lost < EVENTS {
                match events.next().await {
                    Some(Ok(_)) => seen += 1,
                    Some(Err(qmp_transport::Error::Lagged(lagged))) => lost += lagged.lost as usize,
                    _ => return Err("the events end".into()),
                }
            }
            stop.await??;
            Ok::<_, Any>(())
        })?,
        "qapi" => {
            let mut client = qapi_blocking(path)?;
            client.execute(&qapi::qmp::stop {})?;
            seen += client.events().count();
        }
        "qapi-tokio" => runtime()?.block_on(async {
            let stream = qapi::futures::QmpStreamTokio::open_uds(path).await?;
            let (service, mut events) = stream.negotiate().await?.into_parts();
            let stop = async {
                service
                    .execute(qapi::qmp::stop {})
                    .await
                    .map(|_| ())
                    .map_err(|error| error.to_string())
            };
            let take = async {
                while seen < EVENTS {
                    if events.next().await.is_none() {
                        break;
                    }
                    seen += 1;
                }
                // The answer comes after them.
                let _ = events.next().await;
            };
            futures_util::future::select(Box::pin(stop), Box::pin(take)).await;
            Ok::<_, Any>(())
        })?,
        _ => return Err("no such client".into()),
    }
    let rate = seen as f64 / begin.elapsed().as_secs_f64() / 1e6;
    println!("{rate:.2} ({lost} lost)");
    Ok(())
}

fn resident() -> Result<usize, Any> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages: usize = statm.split(' ').nth(1).unwrap_or_default().parse()?;
    Ok(pages * 4)
}

/// Prints the KiB that each of many connections takes.
fn memory(who: &str, path: &str, count: usize) -> Result<(), Any> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let maximum = getrlimit(Resource::Nofile).maximum;
    setrlimit(
        Resource::Nofile,
        Rlimit {
            current: maximum,
            maximum,
        },
    )?;
    let runtime = runtime()?;
    let address = format!("unix:{path}");
    // The first one sets up what all share.
    let mut connect: Box<dyn FnMut() -> Result<Box<dyn std::any::Any>, Any>> = match who {
        "ours" => Box::new(|| {
            let mut client = blocking::Client::connect(&address)?;
            client.execute(QueryName::new())?;
            Ok(Box::new(client))
        }),
        "ours-tokio" => Box::new(|| {
            runtime.block_on(async {
                let client = Client::connect(&address).await?;
                client.execute(QueryName::new()).await?;
                Ok(Box::new(client) as Box<dyn std::any::Any>)
            })
        }),
        "qapi" => Box::new(|| {
            let mut client = qapi_blocking(path)?;
            client.execute(&qapi::qmp::query_name {})?;
            Ok(Box::new(client))
        }),
        "qapi-tokio" => Box::new(|| {
            runtime.block_on(async {
                let stream = qapi::futures::QmpStreamTokio::open_uds(path).await?;
                let (service, reader) = stream.negotiate().await?.spawn_tokio();
                service.execute(qapi::qmp::query_name {}).await?;
                Ok(Box::new((service, reader)) as Box<dyn std::any::Any>)
            })
        }),
        _ => return Err("no such client".into()),
    };
    let _first = connect()?;
    let before = resident()?;
    let clients = (0..count)
        .map(|_| connect())
        .collect::<Result<Vec<_>, _>>()?;
    println!(
        "{:.1}",
        (resident()? - before) as f64 / clients.len() as f64
    );
    Ok(())
}

/// A thread for each client.
fn serve_all(path: &str) -> Result<(), Any> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let maximum = getrlimit(Resource::Nofile).maximum;
    setrlimit(
        Resource::Nofile,
        Rlimit {
            current: maximum,
            maximum,
        },
    )?;
    let schema = Arc::new(schema()?);
    for stream in UnixListener::bind(path)?.incoming() {
        let stream = stream?;
        let schema = Arc::clone(&schema);
        std::thread::spawn(move || {
            // A client that goes away is no failure of the server's.
            let _ = serve(&stream, &schema);
        });
    }
    Ok(())
}

/// What QEMU 11.1 answers to `query-qmp-schema`.
fn schema() -> Result<String, Any> {
    let release = qapi_schemas::release("11.1").ok_or("there is no such release")?;
    let schema = qapi_codegen::bundled::schema(release, qapi_codegen::Protocol::Qmp)?;
    let options = qapi_parser::introspect::Options::new();
    Ok(schema.to_introspection(&options).to_string())
}

/// The peer that waits for line ends gets them, and the one that sends no id
/// gets none.
fn serve(mut stream: &UnixStream, schema: &str) -> Result<(), Any> {
    stream.write_all(GREETING)?;
    let mut commands = serde_json::Deserializer::from_reader(BufReader::new(stream)).into_iter();
    for command in &mut commands {
        let command: serde_json::Value = command?;
        let mut reply = serde_json::json!({"return": {}});
        if command["execute"] == "query-name" {
            reply["return"]["name"] = "vm".into();
        }
        if command["execute"] == "stop" {
            let thousand = EVENT.repeat(1000);
            for _ in 0..EVENTS / 1000 {
                stream.write_all(thousand.as_bytes())?;
            }
        }
        if command["execute"] == "query-qmp-schema" {
            let id = command.get("id").map(|id| format!(", \"id\": {id}"));
            let id = id.unwrap_or_default();
            stream.write_all(format!("{{\"return\": {schema}{id}}}\r\n").as_bytes())?;
            continue;
        }
        if let Some(id) = command.get("id") {
            reply["id"] = id.clone();
        }
        stream.write_all(format!("{reply}\r\n").as_bytes())?;
    }
    Ok(())
}
