//! Files of every schema there has been still open.
