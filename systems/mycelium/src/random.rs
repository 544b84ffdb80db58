//! Streams of random numbers: fast ones, and those of NumPy to the last bit.
