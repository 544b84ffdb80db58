//! What clients and servers of NATS say to each other.
