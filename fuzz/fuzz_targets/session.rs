//! What a server says, in any bytes and any pieces: the session must neither
//! panic nor make anything else of the pieces than of the whole.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qmp_transport::session::{Config, Session};

fuzz_target!(|input: &[u8]| {
    let Some(([flags, piece], said)) = input.split_first_chunk() else {
        return;
    };
    let whole = outcomes(*flags, said.chunks(said.len().max(1)));
    let pieces = outcomes(*flags, said.chunks(usize::from(*piece).max(1)));
    assert_eq!(whole, pieces);
});

/// All that comes of what the server says, as text.
fn outcomes<'a>(flags: u8, said: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    let mut config = Config::default();
    config.greets = flags & 1 == 0;
    config.oob = flags & 2 != 0;
    config.in_flight = usize::from(flags >> 2 & 3) + 1;
    if flags & 16 != 0 {
        config.reply_limit = 64;
    }
    config.nesting_limit = 16;
    let greets = config.greets;
    let mut session = Session::new(config);
    let mut seen = Vec::new();
    if flags & 32 != 0 {
        let greeting: &[u8] = match greets {
            true => br#"{"QMP":{"version":{},"capabilities":["oob"]}}{"return":{},"id":1}"#,
            false => b"\xff{\"return\":1,\"id\":1}",
        };
        session.receive(greeting);
        let ready = session.poll().map(|incoming| incoming.is_some());
        assert_eq!(ready, Ok(true));
    }
    for number in 0..6 {
        let command = session.execute_raw("x", &());
        if let (Ok(id), true) = (command, number == flags >> 5) {
            session.abandon(id);
        }
    }
    for piece in said {
        session.receive(piece);
        loop {
            match session.poll() {
                Ok(None) => break,
                Ok(Some(incoming)) => seen.push(format!("{incoming:?}")),
                Err(_) => {
                    // Its excerpt shows as much as had come.
                    seen.push("broken".to_owned());
                    return seen;
                }
            }
        }
    }
    // The writer takes it all in the end.
    while !session.outgoing().is_empty() {
        let count = session.outgoing().len().min(3);
        session.sent(count);
    }
    seen.push(session.under_way().to_string());
    seen
}
