//! One client's commands against a server that answers at once, to be counted
//! by `valgrind --tool=callgrind`: the difference between two counts of
//! commands is what those between them cost.
//!
//! `cpu serve PATH`, and `cpu ours|ours-tokio|qapi|qapi-tokio PATH COUNT`.

use std::io::{BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};

use qmp_transport::{blocking, tokio::Client};

type Any = Box<dyn std::error::Error>;

const GREETING: &[u8] =
    b"{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 0, \"minor\": 2, \"major\": 8}, \"package\": \"\"}, \"capabilities\": []}}\r\n";

fn main() -> Result<(), Any> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
    };
    match arguments[..] {
        ["serve", path] => {
            for stream in UnixListener::bind(path)?.incoming() {
                // A client that goes away is no failure of the server's.
                let _ = serve(&stream?);
            }
        }
        ["ours", path, count] => {
            let mut client = blocking::Client::connect(format!("unix:{path}"))?;
            for _ in 0..count.parse::<u32>()? {
                client.execute_raw("query-name", &())?;
            }
        }
        ["ours-tokio", path, count] => runtime()?.block_on(async {
            let client = Client::connect(format!("unix:{path}")).await?;
            for _ in 0..count.parse::<u32>()? {
                client.execute_raw("query-name", &()).await?;
            }
            Ok::<_, Any>(())
        })?,
        ["qapi", path, count] => {
            let stream = UnixStream::connect(path)?;
            let stream = qapi::Stream::new(BufReader::new(stream.try_clone()?), stream);
            let mut client = qapi::Qmp::new(stream);
            client.handshake()?;
            for _ in 0..count.parse::<u32>()? {
                client.execute(&qapi::qmp::query_name {})?;
            }
        }
        ["qapi-tokio", path, count] => runtime()?.block_on(async {
            let stream = qapi::futures::QmpStreamTokio::open_uds(path).await?;
            let (service, _reader) = stream.negotiate().await?.spawn_tokio();
            for _ in 0..count.parse::<u32>()? {
                service.execute(qapi::qmp::query_name {}).await?;
            }
            Ok::<_, Any>(())
        })?,
        _ => return Err("see the head of this file".into()),
    }
    Ok(())
}

/// The peer that waits for line ends gets them, and the one that sends no id
/// gets none.
fn serve(mut stream: &UnixStream) -> Result<(), Any> {
    stream.write_all(GREETING)?;
    let mut commands = serde_json::Deserializer::from_reader(BufReader::new(stream)).into_iter();
    for command in &mut commands {
        let command: serde_json::Value = command?;
        let mut reply = serde_json::json!({"return": {}});
        if command["execute"] == "query-name" {
            reply["return"]["name"] = "vm".into();
        }
        if let Some(id) = command.get("id") {
            reply["id"] = id.clone();
        }
        stream.write_all(format!("{reply}\r\n").as_bytes())?;
    }
    Ok(())
}
