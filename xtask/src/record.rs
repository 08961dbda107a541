//! `cargo xtask schemas record`: what a running QEMU tells of itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;
use qapi_parser::Schema;
use qmp_transport::blocking::Client;
use qmp_transport::{Error, Options, Qmp, launch};
use serde_json::{Map, Value};

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
        command.stdout(Stdio::null());
        let (mut child, stream) =
            launch(command).with_context(|| format!("cannot start {}", self.qemu.display()))?;
        let mut qmp = Client::<Qmp>::from_stream(stream, Options::new())?;
        let version = &qmp.greeting().context("QEMU greets")?.version;
        let version = format!("{}.{}", version.major, version.minor);
        if version != self.release {
            bail!("{} is QEMU {version}", self.qemu.display());
        }

        let introspection = qmp.execute_raw("query-qmp-schema", &())?;
        let mut replies = Map::new();
        for query in queries(&introspection)? {
            let reply = match qmp.execute_raw(&query, &()) {
                Ok(mut value) => {
                    without_prose(&mut value);
                    Map::from_iter([("return".to_owned(), value)])
                }
                // Why it does not answer is of no use.
                Err(Error::Rejected(_)) => continue,
                Err(error) => return Err(error.into()),
            };
            replies.insert(query, reply.into());
        }
        qmp.execute_raw("quit", &())?;
        child.wait()?;

        let count = replies.len();
        write("schemas/recordings", &self.release, &introspection)?;
        write("qmp-types/live/recordings", &self.release, &replies.into())?;
        println!("QEMU {version}: its introspection, and the replies to {count} queries");
        Ok(())
    }
}

/// The queries that need no argument, but for the one that is kept elsewhere.
fn queries(introspection: &Value) -> Result<Vec<String>> {
    let schema = Schema::from_introspection(&introspection.to_string(), None)?;
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
fn without_prose(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove("help");
            members.values_mut().for_each(without_prose);
        }
        Value::Array(elements) => elements.iter_mut().for_each(without_prose),
        _ => {}
    }
}

/// Writes a line for each element or member, so that what changes shows.
fn write(folder: &str, release: &str, value: &Value) -> Result<()> {
    let lines: Vec<String> = match value {
        Value::Array(elements) => elements.iter().map(Value::to_string).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| format!("{}: {value}", Value::from(name.as_str())))
            .collect(),
        _ => bail!("neither an array nor an object"),
    };
    let (open, close) = if value.is_array() {
        ('[', ']')
    } else {
        ('{', '}')
    };
    let path = crate::root().join(folder).join(format!("{release}.json"));
    let parent: &Path = path.parent().context("a file has a folder")?;
    fs::create_dir_all(parent)?;
    fs::write(path, format!("{open}\n{}\n{close}\n", lines.join(",\n")))?;
    Ok(())
}
