//! The command `survivability`.

fn main() {}
