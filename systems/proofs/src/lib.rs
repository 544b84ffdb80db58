//! Verifies signed proofs: that somebody approved something, lately, once, and has not taken it
//! back.
