//! A small network with attention and spike-timing plasticity, and its training.
