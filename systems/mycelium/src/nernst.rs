//! The potential at which an ion is in balance.
