//! Gradients of many clients made into one, some of whom may lie.
