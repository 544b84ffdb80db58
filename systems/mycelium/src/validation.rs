//! One cycle of simulating, learning and looking whether anything was learned.
