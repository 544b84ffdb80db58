//! Reactions that form patterns, and the wavelength that linear theory gives them.
