//! Many runs turned into rows: what is drawn for each, and the files they are written to.
