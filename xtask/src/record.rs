//! `cargo xtask schemas record`: what a running QEMU tells of itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail};
use clap::Args;
use qapi_parser::Schema;
use qmp_transport::blocking::Client;
use qmp_transport::{Direction, Error, Options, Qmp, Stream};
use serde_json::Value;
use serde_json::value::RawValue;

/// Devices and the like, so that the queries have something to tell.
const MACHINE: &[&str] = &[
    "-accel=tcg",
    "-display=none",
    "-nodefaults",
    "-S",
    "-m=64",
    "-smp=1,maxcpus=2",
    "-object=iothread,id=thread",
    "-object=memory-backend-ram,id=memory,size=1M",
    "-object=rng-builtin,id=random",
    "-blockdev=null-co,node-name=disk,size=1048576,read-zeroes=on",
    "-blockdev=null-co,node-name=cd,read-only=on,read-zeroes=on",
    "-device=virtio-blk-pci,drive=disk,id=disk-device,iothread=thread",
    "-device=piix3-usb-uhci,id=usb",
    "-device=virtio-balloon-pci",
    "-device=virtio-scsi-pci,id=scsi",
    "-device=scsi-cd,drive=cd,id=cd-device",
    "-chardev=null,id=nothing",
    "-netdev=hubport,id=port,hubid=0",
    "-device=virtio-net-pci,netdev=port,id=net",
];

/// Record what a QEMU answers to `query-qmp-schema`, and to every query that
/// needs no argument.
#[derive(Debug, Args)]
pub(crate) struct Record {
    /// The release, MAJOR.MINOR, that the QEMU must be of.
    #[arg(long)]
    release: String,
    /// The QEMU to run.
    #[arg(long, value_name = "PROGRAM")]
    qemu: PathBuf,
}

impl Record {
    pub(crate) fn run(self) -> Result<()> {
        let mut command = Command::new(&self.qemu);
        // Each is written `-option=value`, which QEMU wants as two.
        command.args(MACHINE.iter().flat_map(|option| option.splitn(2, '=')));
        // On standard streams, which every platform has.
        command.args([
            "-chardev",
            "stdio,id=qmp",
            "-mon",
            "chardev=qmp,mode=control",
        ]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", self.qemu.display()))?;
        let streams = child.stdin.take().zip(child.stdout.take());
        let (input, output) = streams.context("both were asked for")?;
        let stream = Stream::from_child(input, output);
        let wire = Wire::default();
        let mut qmp = Client::<Qmp>::from_stream(stream, wire.options())?;
        let version = &qmp.greeting().context("QEMU greets")?.version;
        let version = format!("{}.{}", version.major, version.minor);
        if version != self.release {
            bail!("{} is QEMU {version}", self.qemu.display());
        }

        let introspection = wire.reply(&mut qmp, "query-qmp-schema")?;
        let introspection = introspection.context("QEMU tells its schema")?;
        let mut replies = BTreeMap::new();
        for query in queries(introspection.get())? {
            let Some(mut reply) = wire.reply(&mut qmp, &query)? else {
                // Why it does not answer is of no use.
                continue;
            };
            if query == "query-command-line-options" {
                reply = without_prose(&reply)?;
            }
            replies.insert(query, reply);
        }
        qmp.execute_raw("quit", &())?;
        child.wait()?;

        let count = replies.len();
        let entities: Vec<Box<RawValue>> = serde_json::from_str(introspection.get())?;
        let lines = entities.iter().map(|entity| entity.get().to_owned());
        write("schemas/recordings", &self.release, '[', lines, ']')?;
        let lines = replies
            .iter()
            .map(|(name, reply)| format!("{name:?}: {{\"return\": {}}}", reply.get()));
        write("release-tests/recordings", &self.release, '{', lines, '}')?;
        println!("QEMU {version}: its introspection, and the replies to {count} queries");
        Ok(())
    }
}

/// What QEMU has sent, as it was: the order of members is part of a recording.
#[derive(Clone, Default)]
struct Wire(Arc<Mutex<Vec<u8>>>);

impl Wire {
    fn options(&self) -> Options {
        let wire = self.clone();
        Options::new().tap(move |direction, bytes| {
            if direction == Direction::Received {
                wire.received().extend_from_slice(bytes);
            }
        })
    }

    fn received(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a command returns, or nothing if QEMU rejects it.
    fn reply(&self, qmp: &mut Client, command: &str) -> Result<Option<Box<RawValue>>> {
        self.received().clear();
        match qmp.execute_raw(command, &()) {
            Ok(_) => {}
            Err(Error::Rejected(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let received = self.received();
        for line in received.split(|byte| *byte == b'\n') {
            let members: BTreeMap<String, Box<RawValue>> =
                serde_json::from_slice(line).unwrap_or_default();
            if let Some(reply) = members.get("return") {
                return Ok(Some(reply.clone()));
            }
        }
        bail!("no line of what QEMU sent is the reply to {command}")
    }
}

/// The queries that need no argument, but for the one that is kept elsewhere.
fn queries(introspection: &str) -> Result<Vec<String>> {
    let schema = Schema::from_introspection(introspection, None)?;
    let commands = schema.commands.iter().filter(|command| {
        let arguments = command.args.map(|args| schema.all_members(args));
        let mut arguments = arguments.unwrap_or_default().into_iter();
        command.name.starts_with("query-")
            && command.name != "query-qmp-schema"
            && arguments.all(|argument| argument.optional)
    });
    Ok(commands.map(|command| command.name.clone()).collect())
}

/// Takes out the explanations that QEMU gives of its options.
fn without_prose(options: &RawValue) -> Result<Box<RawValue>> {
    fn clean(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.remove("help");
                members.values_mut().for_each(clean);
            }
            Value::Array(elements) => elements.iter_mut().for_each(clean),
            _ => {}
        }
    }
    let mut value = serde_json::from_str(options.get())?;
    clean(&mut value);
    Ok(serde_json::value::to_raw_value(&value)?)
}

/// Writes a line for each element or member, so that what changes shows.
fn write(
    folder: &str,
    release: &str,
    open: char,
    lines: impl Iterator<Item = String>,
    close: char,
) -> Result<()> {
    let lines: Vec<String> = lines.collect();
    let folder = crate::root().join(folder);
    fs::create_dir_all(&folder)?;
    let text = format!("{open}\n{}\n{close}\n", lines.join(",\n"));
    fs::write(folder.join(format!("{release}.json")), text)?;
    Ok(())
}
