//! Runs the examples on a real QEMU, which is started as in the first lines of each.

// The modules are the examples, which print and have a `main` of their own.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    dead_code,
    missing_docs,
    unreachable_pub
)]

use std::error::Error;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use qmp_transport::blocking::Client;
use qmp_transport::{Options, Protocol};
use tempfile::TempDir;
use test_support::programs::{Program, QEMU, QEMU_GA, QEMU_STORAGE_DAEMON, TRUNCATE};
use test_support::{causes, command, needs};

macro_rules! examples {
    ($($name:ident $path:literal)*) => {
        $(#[path = $path] mod $name;)*

        /// The text of an example.
        fn source(name: &str) -> &'static str {
            match name {
                $(stringify!($name) => include_str!($path),)*
                _ => panic!("no example is called {name}"),
            }
        }
    };
}

examples! {
    backup "../examples/backup.rs"
    balloon "../examples/balloon.rs"
    chardev "../examples/chardev.rs"
    commit "../examples/commit.rs"
    dirty_bitmaps "../examples/dirty_bitmaps.rs"
    file_descriptor "../examples/file_descriptor.rs"
    guest_agent "../examples/guest_agent.rs"
    hot_plug_cpu "../examples/hot_plug_cpu.rs"
    hot_plug_disk "../examples/hot_plug_disk.rs"
    hot_plug_memory "../examples/hot_plug_memory.rs"
    hot_plug_nic "../examples/hot_plug_nic.rs"
    human_monitor "../examples/human_monitor.rs"
    migration "../examples/migration.rs"
    mirror "../examples/mirror.rs"
    nbd_export "../examples/nbd_export.rs"
    objects "../examples/objects.rs"
    qom_walk "../examples/qom_walk.rs"
    raw_commands "../examples/raw_commands.rs"
    screendump "../examples/screendump.rs"
    snapshot "../examples/snapshot.rs"
    start_and_stop "../examples/start_and_stop.rs"
    storage_daemon "../examples/storage_daemon.rs"
    transaction "../examples/transaction.rs"
}

#[cfg(feature = "tokio")]
#[path = "../examples/wait_for_events.rs"]
mod wait_for_events;

type Outcome = Result<(), Box<dyn Error>>;

/// The programs that the first lines of an example start, with a folder of their own
/// in place of `/tmp`.
struct Stage {
    folder: TempDir,
    servers: Vec<Child>,
}

impl Stage {
    /// Runs the first lines of an example, with this program in place of the server
    /// that they name.
    fn set(source: &str, program: &Path) -> Self {
        let mut stage = Self {
            folder: tempfile::Builder::new().prefix("qmp").tempdir().unwrap(),
            servers: Vec::new(),
        };
        let lines = source
            .lines()
            .map_while(|line| line.strip_prefix("//!"))
            .skip_while(|line| line.trim() != "```sh")
            .skip(1)
            .take_while(|line| line.trim() != "```");
        let script: String = lines.flat_map(|line| [line, "\n"]).collect();
        for line in script.replace("\\\n", " ").lines() {
            let line = line.replace("/tmp", stage.folder.path().to_str().unwrap());
            let mut words = line.split_whitespace();
            let first = words.next().unwrap();
            match first {
                "cargo" => break,
                "truncate" => TRUNCATE.run(&words.collect::<Vec<_>>()),
                _ => {
                    let server = command(program)
                        .args(words.filter(|word| *word != "&"))
                        .stdin(Stdio::null())
                        .stdout(Stdio::null())
                        .spawn();
                    stage.servers.push(server.unwrap());
                }
            }
        }
        assert!(!stage.servers.is_empty(), "{script} starts nothing");
        stage
    }

    /// A file in the folder.
    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn address(&self, socket: &str) -> String {
        format!("unix:{}", self.path(socket))
    }

    fn options() -> Options {
        Options::new()
            .await_server(true)
            .connect_limit(Duration::from_secs(60))
    }

    fn connect<P: Protocol>(&self, socket: &str) -> Result<Client<P>, qmp_transport::Error> {
        Client::connect_with(self.address(socket), Self::options())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for server in &mut self.servers {
            // It may have exited before.
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// An example that needs a program.
fn example(
    name: &'static str,
    source: &'static str,
    program: &'static Program,
    play: impl FnOnce(&Stage) -> Outcome + Send + 'static,
) -> Trial {
    needs(program, name, move |program| {
        play(&Stage::set(source, program)).map_err(|error| Failed::from(causes(&*error).join(": ")))
    })
}

/// An example on QEMU.
fn on_qemu(
    name: &'static str,
    play: impl FnOnce(&Stage, &mut Client) -> Outcome + Send + 'static,
) -> Trial {
    example(name, source(name), &QEMU, |stage| {
        play(stage, &mut stage.connect("qmp.sock")?)
    })
}

fn main() {
    let mut tests = vec![
        on_qemu("start_and_stop", |_, qmp| start_and_stop::run(qmp)),
        on_qemu("hot_plug_cpu", |_, qmp| hot_plug_cpu::run(qmp)),
        on_qemu("hot_plug_memory", |_, qmp| hot_plug_memory::run(qmp)),
        on_qemu("hot_plug_disk", |stage, qmp| {
            hot_plug_disk::run(qmp, &stage.path("disk.raw"))
        }),
        on_qemu("hot_plug_nic", |_, qmp| hot_plug_nic::run(qmp)),
        on_qemu("snapshot", |stage, qmp| {
            snapshot::run(qmp, &stage.path("overlay.qcow2"))
        }),
        on_qemu("backup", |stage, qmp| {
            backup::run(qmp, &stage.path("backup.raw"))
        }),
        on_qemu("mirror", |stage, qmp| {
            mirror::run(qmp, &stage.path("copy.raw"))
        }),
        on_qemu("commit", |stage, qmp| {
            commit::run(qmp, &stage.path("overlay.qcow2"))
        }),
        on_qemu("dirty_bitmaps", |_, qmp| dirty_bitmaps::run(qmp)),
        on_qemu("migration", |stage, qmp| {
            let mut target = stage.connect("target.sock")?;
            migration::run(qmp, &mut target, &stage.address("migration.sock"))
        }),
        on_qemu("objects", |_, qmp| objects::run(qmp)),
        on_qemu("chardev", |stage, qmp| {
            chardev::run(qmp, &stage.path("console.sock"))
        }),
        on_qemu("nbd_export", |stage, qmp| {
            nbd_export::run(qmp, &stage.path("nbd.sock"))
        }),
        on_qemu("screendump", |stage, qmp| {
            screendump::run(qmp, &stage.path("screen.ppm"))
        }),
        on_qemu("balloon", |_, qmp| balloon::run(qmp)),
        on_qemu("transaction", |stage, qmp| {
            transaction::run(qmp, &stage.path("overlay.qcow2"))
        }),
        on_qemu("qom_walk", |_, qmp| {
            // Even a machine without devices has a CPU, a chipset and more.
            assert!(qom_walk::run(qmp)? > 20);
            Ok(())
        }),
        on_qemu("human_monitor", |_, qmp| {
            assert!(human_monitor::run(qmp)?.contains("pc.ram"));
            Ok(())
        }),
        on_qemu("file_descriptor", |stage, qmp| {
            file_descriptor::run(qmp, &stage.path("disk.raw"))
        }),
        on_qemu("raw_commands", |_, qmp| raw_commands::run(qmp)),
        example("guest_agent", source("guest_agent"), &QEMU_GA, |stage| {
            std::fs::write(stage.path("hostname"), "guest")?;
            let mut agent = stage.connect("qga.sock")?;
            let read = guest_agent::run(&mut agent, &stage.path("hostname"))?;
            assert_eq!(read, "Z3Vlc3Q=");
            Ok(())
        }),
        example(
            "storage_daemon",
            source("storage_daemon"),
            &QEMU_STORAGE_DAEMON,
            |stage| {
                let mut daemon = stage.connect("qsd.sock")?;
                storage_daemon::run(
                    &mut daemon,
                    &stage.path("disk.raw"),
                    &stage.path("nbd.sock"),
                )
            },
        ),
    ];
    #[cfg(feature = "tokio")]
    tests.push(example(
        "wait_for_events",
        include_str!("../examples/wait_for_events.rs"),
        &QEMU,
        |stage| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let address = stage.address("qmp.sock");
                let client =
                    qmp_transport::tokio::Client::connect_with(address, Stage::options()).await?;
                wait_for_events::run(&client, &stage.path("backup.raw")).await
            })
        },
    ));
    // No example may be missing here.
    tests.push(Trial::test("every_example_is_run", || {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        let run: String = include_str!("examples.rs").into();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            // These two are not run: they have no function `run`.
            if !["events", "status"].contains(&name) && !run.contains(&format!("{name}::run(")) {
                return Err(format!("{name} is not run").into());
            }
        }
        Ok(())
    }));
    libtest_mimic::run(&Arguments::from_args(), tests).exit();
}
