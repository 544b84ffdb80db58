//! The command `event-bus`.

fn main() {}
