//! Judgements of whole proofs.
