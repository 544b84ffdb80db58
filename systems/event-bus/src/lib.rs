//! Events over NATS, and the service that stores them and answers questions about them.
