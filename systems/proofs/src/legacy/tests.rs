//! Legacy proofs.
