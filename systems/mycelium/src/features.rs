//! The eighteen numbers that describe a field and how it came about.
