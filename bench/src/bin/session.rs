//! What the session itself costs, without IO: per command, per event, and per
//! byte of a large reply that comes whole, as the system hands it over, or in
//! single bytes.

use std::time::Instant;

use qmp_transport::session::{Config, Incoming, Session};

type Any = Box<dyn std::error::Error>;

const LARGE: usize = 64 << 20;

fn main() -> Result<(), Any> {
    let count = 1_000_000;
    let mut session = ready()?;
    let begin = Instant::now();
    for _ in 0..count {
        let id = session.execute_raw("query-status", &())?;
        let all = session.outgoing().len();
        session.sent(all);
        let reply = format!(
            "{{\"return\": {{\"status\": \"running\", \"running\": true}}, \"id\": {}}}\r\n",
            id.get()
        );
        session.receive(reply.as_bytes());
        assert!(matches!(session.poll()?, Some(Incoming::Returned { .. })));
    }
    let each = begin.elapsed().as_secs_f64() / f64::from(count);
    println!("a command and its reply     {:>8.0} ns", each * 1e9);

    let event = br#"{"timestamp": {"seconds": 1700000000, "microseconds": 123456}, "event": "JOB_STATUS_CHANGE", "data": {"status": "running", "id": "backup0"}}
"#;
    let mut seen = 0;
    let begin = Instant::now();
    for _ in 0..count {
        session.receive(event);
        while session.poll()?.is_some() {
            seen += 1;
        }
    }
    assert_eq!(seen, count);
    let rate = f64::from(count) / begin.elapsed().as_secs_f64();
    println!("events                      {:>8.2} million/s", rate / 1e6);

    for (name, piece) in [("whole", LARGE), ("in 64 KiB", 64 << 10), ("in bytes", 1)] {
        let mut session = ready()?;
        let id = session.execute_raw("x", &())?;
        let member = r#"{"name": "a-member", "type": "123"}, "#;
        let mut reply = format!("{{\"return\": [{}", member.repeat(LARGE / member.len()));
        reply.push_str(&format!("0], \"id\": {}}}", id.get()));
        let begin = Instant::now();
        let mut returned = 0;
        for piece in reply.as_bytes().chunks(piece) {
            session.receive(piece);
            if let Some(Incoming::Returned { json, .. }) = session.poll()? {
                returned = json.len();
            }
        }
        assert!(returned > LARGE / 2);
        let seconds = begin.elapsed().as_secs_f64();
        let rate = reply.len() as f64 / seconds / 1e6;
        println!(
            "a reply of 64 MiB, {name:<9} {:>7.0} ms, {rate:.0} MB/s",
            seconds * 1e3
        );
    }
    Ok(())
}

fn ready() -> Result<Session, Any> {
    let mut config = Config::default();
    config.reply_limit = 2 * LARGE;
    let mut session = Session::new(config);
    session.receive(br#"{"QMP":{"version":{},"capabilities":[]}}"#);
    session.poll()?;
    session.receive(br#"{"return":{},"id":1}"#);
    session.poll()?;
    let all = session.outgoing().len();
    session.sent(all);
    Ok(session)
}
