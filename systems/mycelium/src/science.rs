//! What is known from elsewhere, and what is computed here, line by line.
