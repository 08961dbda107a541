//! Runs a script with both clients.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::fmt::Debug;

use qmp_transport::{Options, Protocol, Qmp, blocking, tokio};

use crate::peer::Peer;

/// Plays a script, after the greeting, to the one client and then to the other;
/// what both make of it must be the same text.
pub fn both<T: Debug>(
    script: fn(&mut Peer),
    on_blocking: impl FnOnce(&mut blocking::Client) -> T,
    on_tokio: impl AsyncFnOnce(&tokio::Client) -> T,
) -> T {
    let greeted = move |peer: &mut Peer| {
        peer.greet();
        script(peer);
    };
    both_of::<Qmp, T>(greeted, Options::new(), on_blocking, on_tokio)
}

/// Runs a script from the first byte, with clients of any protocol.
pub fn both_of<P: Protocol, T: Debug>(
    script: impl Fn(&mut Peer) + Clone + Send + 'static,
    options: Options,
    on_blocking: impl FnOnce(&mut blocking::Client<P>) -> T,
    on_tokio: impl AsyncFnOnce(&tokio::Client<P>) -> T,
) -> T {
    let play = || {
        let script = script.clone();
        Peer::play(move |mut peer| script(&mut peer))
    };
    let (stream, thread) = play();
    let mut qmp = blocking::Client::<P>::from_stream(stream, options.clone()).unwrap();
    let blocking = on_blocking(&mut qmp);
    drop(qmp);
    thread.join().unwrap();

    let (stream, thread) = play();
    let runtime = ::tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let tokio = runtime.block_on(async {
        let qmp = tokio::Client::<P>::from_stream(stream, options)
            .await
            .unwrap();
        let outcome = on_tokio(&qmp).await;
        qmp.close().await;
        outcome
    });
    thread.join().unwrap();
    assert_eq!(format!("{blocking:?}"), format!("{tokio:?}"));
    tokio
}
