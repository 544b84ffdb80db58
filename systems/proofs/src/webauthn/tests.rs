//! Assertions, held against those of an independent authenticator.
