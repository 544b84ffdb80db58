//! Contexts in good and in bad form.
