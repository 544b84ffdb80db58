//! Fractals by the chaos game: random similarity maps applied again and again.
