//! Streams as their clients see them, over connections to a service that listens.

mod conversation;
mod fixture;
mod limits;
mod queue;
mod simulation;
mod visitor;
