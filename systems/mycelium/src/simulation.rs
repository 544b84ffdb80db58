//! The field step by step: spikes, diffusion, activator and inhibitor, jitter, clamp.
