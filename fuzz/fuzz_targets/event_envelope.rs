//! Any bytes, read as an event and as the request of each operation: a refusal that names a field,
//! or something that is written and read again as the same.
#![no_main]

use event_bus::event::Event;
use event_bus::operation::Operation;
use event_bus::subject::{Address, Prefix};
use libfuzzer_sys::fuzz_target;

const OPERATIONS: [&str; 21] = [
    "stats",
    "user",
    "chat.recent",
    "events",
    "outbound.put",
    "outbound.get",
    "outbound.sent",
    "outbound.failed",
    "kv.set",
    "kv.get",
    "kv.delete",
    "kv.list",
    "row.register",
    "row.insert",
    "row.select",
    "row.update",
    "row.delete",
    "row.search",
    "migrate.status",
    "health",
    "echo",
];

fuzz_target!(|bytes: &[u8]| {
    // What is written may be longer than what was read, and the longest would be refused.
    if bytes.len() > 60_000 {
        return;
    }
    match Event::decode(bytes) {
        Ok(event) => {
            assert_eq!(Event::decode(&event.encode()).as_ref(), Ok(&event));
            let subject = Prefix::default().event(event.kind());
            let address = Prefix::default().parse(&subject);
            assert_eq!(address, Some(Address::Event { kind: event.kind() }));
        }
        Err(refusal) => assert!(!refusal.field.is_empty() && !refusal.to_string().is_empty()),
    }
    for name in OPERATIONS {
        match Operation::read(name, bytes) {
            Ok(operation) => {
                assert_eq!(operation.name(), name);
                assert_eq!(Operation::read(name, &operation.payload()).as_ref(), Ok(&operation));
            }
            Err(failure) => assert!(!failure.message.is_empty()),
        }
    }
});
