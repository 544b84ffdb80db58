//! Batches, held against single proofs.
