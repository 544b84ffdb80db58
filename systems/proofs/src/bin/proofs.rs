//! The command `proofs`.

fn main() {}
