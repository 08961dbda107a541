// Included once for the bindings of each release.

pub(crate) const SCENARIOS: &[(&str, Scenario)] = &[
    ("stop_and_continue", stop_and_continue),
    ("reset", reset),
    ("hot_plug", hot_plug),
    ("backup_of_a_qcow2", backup_of_a_qcow2),
    ("objects", objects),
    ("human_monitor", human_monitor),
    ("rejections", rejections),
    ("killed_in_mid_command", killed_in_mid_command),
];

fn stop_and_continue(server: &mut Server) -> Result<(), Failed> {
    let mut qmp = server.connect();
    qmp.execute(Cont::new())?;
    wait::<events::Resume>(&mut qmp, |_| true)?;
    let status = qmp.execute(QueryStatus::new())?;
    assert!(status.running);
    assert_eq!(status.status, RunState::Running);
    qmp.execute(Stop::new())?;
    wait::<events::Stop>(&mut qmp, |_| true)?;
    assert_eq!(qmp.execute(QueryStatus::new())?.status, RunState::Paused);
    Ok(())
}

fn reset(server: &mut Server) -> Result<(), Failed> {
    let mut qmp = server.connect();
    qmp.execute(SystemReset::new())?;
    let reset = wait::<events::Reset>(&mut qmp, |_| true)?;
    assert!(!reset.guest);
    assert_eq!(reset.reason, ShutdownCause::HostQmpSystemReset);
    Ok(())
}

fn hot_plug(server: &mut Server) -> Result<(), Failed> {
    let mut qmp = server.connect();
    qmp.execute(DeviceAdd::new("usb-tablet").id("tablet").bus("usb.0").extra("serial", "42"))?;
    let serial = qmp.execute(QomGet::new("/machine/peripheral/tablet", "serial"))?;
    assert_eq!(serial, "42");
    qmp.execute(DeviceDel::new("tablet"))?;
    let deleted = wait::<events::DeviceDeleted>(&mut qmp, |event| event.device.is_some())?;
    assert_eq!(deleted.device.as_deref(), Some("tablet"));
    Ok(())
}

/// Runs a job to its end, and dismisses it.
fn finish(qmp: &mut Client, job: &str) -> Result<(), Failed> {
    wait::<events::JobStatusChange>(qmp, |event| event.id == job && event.status == JobStatus::Concluded)?;
    let jobs = qmp.execute(QueryJobs::new())?;
    let info = jobs.into_iter().find(|info| info.id == job).ok_or("the job is gone")?;
    assert_eq!(info.error, None);
    qmp.execute(JobDismiss::new(job))?;
    wait::<events::JobStatusChange>(qmp, |event| event.id == job && event.status == JobStatus::Null)?;
    Ok(())
}

fn backup_of_a_qcow2(server: &mut Server) -> Result<(), Failed> {
    const SIZE: u64 = 1 << 20;
    let mut qmp = server.connect();
    for name in ["disk", "copy"] {
        let path = server.folder().join(name).display().to_string();
        let node = format!("{name}-file");
        qmp.execute(BlockdevCreate::new("create", BlockdevCreateOptionsFile::new(path.as_str(), 0)))?;
        finish(&mut qmp, "create")?;
        let file = BlockdevOptions::new(BlockdevOptionsFile::new(path)).node_name(node.as_str());
        qmp.execute(BlockdevAdd::from(file))?;
        qmp.execute(BlockdevCreate::new("format", BlockdevCreateOptionsQcow2::new(node.as_str(), SIZE)))?;
        finish(&mut qmp, "format")?;
        let disk = BlockdevOptions::new(BlockdevOptionsQcow2::new(node.as_str())).node_name(name);
        qmp.execute(BlockdevAdd::from(disk))?;
    }

    let nodes = qmp.execute(QueryNamedBlockNodes::new())?;
    let disk = nodes.iter().find(|node| node.file.ends_with("disk") && node.drv == "qcow2").ok_or("no node")?;
    assert_eq!(disk.image.virtual_size, SIZE as i64);
    let specific = disk.image.format_specific.as_ref().ok_or("no qcow2 in particular")?;
    assert_eq!(specific.as_str(), "qcow2");

    let backup = types::BlockdevBackup::new("disk", MirrorSyncMode::Full, "copy")
        .job_id("backup")
        .auto_dismiss(false);
    qmp.execute(commands::BlockdevBackup::from(backup))?;
    finish(&mut qmp, "backup")?;
    qmp.execute(BlockdevDel::new("copy"))?;
    Ok(())
}

fn objects(server: &mut Server) -> Result<(), Failed> {
    let mut qmp = server.connect();
    let entries = qmp.execute(QomList::new("/machine"))?;
    assert!(entries.iter().any(|entry| entry.name == "type" && entry.r#type == "string"));
    let machine = qmp.execute(QomGet::new("/machine", "type"))?;
    assert!(machine.as_str().is_some_and(|name| name.ends_with("-machine")));
    Ok(())
}

fn human_monitor(server: &mut Server) -> Result<(), Failed> {
    let mut qmp = server.connect();
    let text = qmp.execute(HumanMonitorCommand::new("info status"))?;
    assert!(text.contains("VM status"), "{text}");
    Ok(())
}

fn rejections(server: &mut Server) -> Result<(), Failed> {
    let mut qmp = server.connect();
    let unknown = qmp.execute(DeviceDel::new("nothing"));
    assert_eq!(unknown.unwrap_err().class(), Some(&ErrorClass::DeviceNotFound));
    let missing = qmp.execute_raw("device_del", &());
    assert_eq!(missing.unwrap_err().class(), Some(&ErrorClass::GenericError));
    let no_command = qmp.execute_raw("x-no-such-command", &());
    assert_eq!(no_command.unwrap_err().class(), Some(&ErrorClass::CommandNotFound));
    assert_eq!(qmp.execute(QueryStatus::new())?.status, RunState::Prelaunch);
    Ok(())
}

fn killed_in_mid_command(server: &mut Server) -> Result<(), Failed> {
    let relay = KillOn::listen(server, "query-status")?;
    let mut qmp = Client::connect(relay.as_str())?;
    match qmp.execute(QueryStatus::new()) {
        Err(Error::Lost(lost)) => assert_eq!(lost.command, "query-status"),
        other => return Err(format!("expected an unknown outcome, not {other:?}").into()),
    }
    assert!(matches!(qmp.execute(QueryStatus::new()), Err(Error::Closed(_))));
    Ok(())
}
