//! Fields as pictures, still and moving.
