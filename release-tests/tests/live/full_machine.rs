//! The bindings of all releases on servers that have much to tell: a machine with one
//! of everything, the guest agent, the storage daemon.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use libtest_mimic::Failed;
use qmp_transport::blocking::Client;
use qmp_transport::drivers::{JobGoal, blocking::finish_job};
use qmp_transport::{Error, Options, Protocol, Qga, Qsd};
use qmp_types::compat::commands::{
    BlockDirtyBitmapAdd, BlockExportAdd, BlockdevAdd, BlockdevCreate, BlockdevMirror,
    CalcDirtyRate, DeviceAdd, NbdServerStart, SystemReset,
};
use qmp_types::compat::events::Event;
use qmp_types::compat::types::{
    BlockdevCreateOptions, BlockdevCreateOptionsLuks, BlockdevCreateOptionsQcow2, BlockdevDriver,
    BlockdevOptions, BlockdevOptionsDriver, BlockdevOptionsFile, BlockdevOptionsLuks,
    BlockdevOptionsNull, BlockdevOptionsQcow2, BlockdevOptionsThrottle, MirrorSyncMode,
    SocketAddressLegacy, UnixSocketAddress,
};
use qmp_types::{qga::compat::commands as guest, qsd::compat::commands as storage};
use release_tests::queries_of_all;
use test_support::{Server, causes};

const LIMIT: Duration = Duration::from_secs(60);

const SIZE: u64 = 16 << 20;

/// CPUs, memory, NUMA nodes, devices and back ends. The disks come later.
const MACHINE: &[&str] = &[
    "-S",
    "-machine",
    "q35",
    "-m",
    "256,slots=4,maxmem=1G",
    "-smp",
    "2,sockets=4,cores=1,threads=1,maxcpus=4",
    "-object",
    "memory-backend-ram,id=near,size=128M",
    "-object",
    "memory-backend-ram,id=far,size=128M",
    "-numa",
    "node,nodeid=0,memdev=near",
    "-numa",
    "node,nodeid=1,memdev=far",
    "-numa",
    "cpu,node-id=0,socket-id=0",
    "-numa",
    "cpu,node-id=1,socket-id=1",
    "-object",
    "memory-backend-ram,id=more,size=128M",
    "-device",
    "pc-dimm,id=dimm0,memdev=more,node=1",
    "-object",
    "iothread,id=io0",
    "-object",
    "secret,id=key,data=open sesame",
    "-object",
    "throttle-group,id=slow,x-iops-total=1000",
    "-object",
    "rng-random,id=random,filename=/dev/urandom",
    "-device",
    "virtio-rng-pci,rng=random",
    "-device",
    "virtio-balloon-pci",
    "-netdev",
    "user,id=net0",
    "-device",
    "virtio-net-pci,netdev=net0,id=nic0",
    "-netdev",
    "hubport,id=net1,hubid=0",
    "-device",
    "e1000,netdev=net1,id=nic1",
    "-chardev",
    "ringbuf,id=ring,size=4096",
    "-device",
    "isa-serial,chardev=ring",
    "-device",
    "virtio-serial-pci",
    "-chardev",
    "null,id=nothing",
    "-device",
    "virtconsole,chardev=nothing",
    "-device",
    "qemu-xhci,id=usb",
    "-device",
    "usb-tablet,bus=usb.0",
    "-device",
    "usb-kbd,bus=usb.0",
    "-device",
    "virtio-scsi-pci,id=scsi,iothread=io0",
    "-device",
    "VGA",
];

/// Calls every query on a machine with one of everything, and reads its events.
pub(crate) fn bindings_of_all(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, MACHINE);
    let mut qmp: Client = server.connect();
    add_disks(&mut qmp, server.folder())?;
    add_work(&mut qmp, server.folder())?;

    let version = qmp.greeting().ok_or("no greeting")?.version.clone();
    let (mut decoded, mut rejected, mut failed) = (0, 0, Vec::new());
    for query in queries_of_all() {
        match query.execute(&mut qmp) {
            Ok(()) => decoded += 1,
            Err(Error::Rejected(_)) => rejected += 1,
            Err(error) => failed.push(format!("{}: {}", query.name, causes(&error).join(": "))),
        }
    }
    qmp.execute(SystemReset::new())?;
    let mut events = 0;
    while let Some(event) = qmp.next_event(Duration::from_secs(2))? {
        match event.decode_any::<Event>() {
            Ok(Event::Unrecognized { name, .. }) => failed.push(format!("unknown: {name}")),
            Ok(_) => events += 1,
            Err(error) => failed.push(format!("{event:?}: {error}")),
        }
    }
    println!(
        "QEMU {}.{}, a full machine: {decoded} queries decoded, {rejected} rejected, {} failed; \
         {events} events",
        version.major,
        version.minor,
        failed.len()
    );
    if !failed.is_empty() {
        return Err(failed.join("\n").into());
    }
    assert!(decoded >= 50 && events >= 3, "{decoded} {events}");
    Ok(())
}

/// A raw disk, a qcow2 over a backing file, an encrypted one and a throttled one.
fn add_disks(qmp: &mut Client, folder: &Path) -> Result<(), Failed> {
    let path = |name: &str| folder.join(name).display().to_string();
    for name in ["raw", "base", "overlay", "locked", "throttled"] {
        let file = File::create(folder.join(name))?;
        if matches!(name, "raw" | "base" | "throttled") {
            file.set_len(SIZE)?;
        }
        let file = BlockdevOptions::new(BlockdevOptionsFile::new(path(name)));
        qmp.execute(BlockdevAdd::from(file.node_name(format!("{name}-file"))))?;
    }
    let overlay = BlockdevCreateOptionsQcow2::new("overlay-file", SIZE)
        .backing_file(path("base"))
        .backing_fmt(BlockdevDriver::Raw);
    create(qmp, overlay)?;
    let locked = BlockdevCreateOptionsLuks::new(SIZE)
        .file("locked-file")
        .key_secret("key")
        .iter_time(10);
    create(qmp, locked)?;

    let nothing = BlockdevOptionsNull::new().size(SIZE.cast_signed());
    let disks = [
        BlockdevOptions::raw("raw-file").node_name("raw"),
        BlockdevOptions::new(BlockdevOptionsQcow2::new("overlay-file").backing("base-file"))
            .node_name("overlay"),
        BlockdevOptions::new(BlockdevOptionsLuks::new("locked-file").key_secret("key"))
            .node_name("locked"),
        BlockdevOptions::new(BlockdevOptionsThrottle::new("slow", "throttled-file"))
            .node_name("throttled"),
        BlockdevOptions::new(BlockdevOptionsDriver::NullCo(nothing)).node_name("copy"),
    ];
    for disk in disks {
        qmp.execute(BlockdevAdd::from(disk))?;
    }
    for (node, driver, bus) in [
        ("raw", "scsi-hd", "scsi.0"),
        ("overlay", "scsi-hd", "scsi.0"),
        ("locked", "scsi-cd", "scsi.0"),
        ("throttled", "usb-storage", "usb.0"),
    ] {
        let device = DeviceAdd::new(driver).id(format!("{node}-disk")).bus(bus);
        qmp.execute(device.extra("drive", node))?;
    }
    Ok(())
}

fn create(qmp: &mut Client, options: impl Into<BlockdevCreateOptions>) -> Result<(), Failed> {
    qmp.execute(BlockdevCreate::new("create", options))?;
    finish_job(qmp, "create", JobGoal::Complete, LIMIT, |_| {})?;
    Ok(())
}

/// A bitmap, a running job, an export, a measurement of the dirty rate.
fn add_work(qmp: &mut Client, folder: &Path) -> Result<(), Failed> {
    qmp.execute(BlockDirtyBitmapAdd::new("overlay", "monday"))?;
    let mirror = BlockdevMirror::new("raw", "copy", MirrorSyncMode::Full);
    qmp.execute(mirror.job_id("mirror0").speed(1))?;
    let socket = folder.join("nbd").display().to_string();
    let address = SocketAddressLegacy::from(UnixSocketAddress::new(socket));
    qmp.execute(NbdServerStart::new(address))?;
    qmp.execute(BlockExportAdd::nbd("export0", "overlay"))?;
    qmp.execute(CalcDirtyRate::new(1))?;
    Ok(())
}

/// Calls a command that needs no argument. What the server does not have is no failure.
macro_rules! call_each {
    ($client:expr, $module:ident: $($command:ident)*) => {{
        let (mut decoded, mut failed) = (0, Vec::new());
        $(match $client.execute($module::$command::new()) {
            Ok(_) => decoded += 1,
            Err(Error::Rejected(_)) => {}
            Err(error) => failed.push(format!("{}: {}", stringify!($command), causes(&error).join(": "))),
        })*
        if !failed.is_empty() {
            return Err(failed.join("\n").into());
        }
        decoded
    }};
}

fn connect<P: Protocol>(server: &Server) -> Client<P> {
    server.connect_with(Options::new())
}

pub(crate) fn guest_agent(agent: &Path) -> Result<(), Failed> {
    let server = Server::start(agent, |command, socket| {
        let folder = socket.parent().unwrap();
        command.args(["-m", "unix-listen", "-p"]).arg(socket);
        command
            .arg("-t")
            .arg(folder)
            .arg("-f")
            .arg(folder.join("pid"));
    });
    let mut qga: Client<Qga> = connect(&server);
    let decoded = call_each!(qga, guest:
        GuestInfo GuestPing GuestGetTime GuestGetTimezone GuestGetHostName GuestGetOsinfo
        GuestGetUsers GuestGetVcpus GuestGetMemoryBlocks GuestGetMemoryBlockInfo GuestGetFsinfo
        GuestGetDisks GuestGetDiskstats GuestGetCpustats GuestGetLoad GuestGetDevices
        GuestNetworkGetInterfaces GuestNetworkGetRoute GuestFsfreezeStatus);
    println!("the guest agent: {decoded} queries decoded");
    assert!(decoded >= 8, "{decoded}");
    Ok(())
}

pub(crate) fn storage_daemon(daemon: &Path) -> Result<(), Failed> {
    let server = Server::start(daemon, |command, socket| {
        let disk = socket.with_file_name("disk");
        File::create(&disk)
            .and_then(|file| file.set_len(SIZE))
            .unwrap();
        let socket = socket.display();
        command
            .arg("--chardev")
            .arg(format!("socket,id=qmp,path={socket},server=on,wait=off"))
            .args([
                "--monitor",
                "chardev=qmp",
                "--object",
                "iothread,id=io0",
                "--blockdev",
            ])
            .arg(format!("file,node-name=disk,filename={}", disk.display()));
    });
    let mut qsd: Client<Qsd> = connect(&server);
    let decoded = call_each!(qsd, storage:
        QueryBlockExports QueryBlockJobs QueryChardev QueryChardevBackends QueryCommands
        QueryJobs QueryNamedBlockNodes QueryQmpSchema QueryVersion QomListTypes);
    println!("the storage daemon: {decoded} queries decoded");
    assert!(decoded >= 8, "{decoded}");
    Ok(())
}
