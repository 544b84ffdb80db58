//! A message bus inside the process, with the subjects, wildcards, queue groups and requests of
//! NATS.

pub mod subject;
