//! Measures real processes. The launcher must be forked before this process has threads, so this
//! binary brings its own small harness, which prints what the default one prints and understands
//! the arguments that cargo and nextest pass.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "these are tests, though clippy cannot see it without the attribute"
)]

mod act;
mod api;
mod buses;
mod company;
mod disturbances;
mod harness;
mod loads;
mod processes;
mod runs;
mod scripts;
mod services;

fn main() {
    if act::requested() {
        return;
    }
    harness::main(&[
        processes::TESTS,
        runs::TESTS,
        scripts::TESTS,
        services::TESTS,
        company::TESTS,
        buses::TESTS,
        disturbances::TESTS,
        loads::TESTS,
    ]);
}
