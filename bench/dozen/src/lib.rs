//! What a program that sends a dozen commands builds.

include!(concat!(env!("OUT_DIR"), "/qmp.rs"));
