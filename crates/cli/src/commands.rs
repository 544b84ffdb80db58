//! One module a command; each reads as the steps of what it does.

pub mod baseline;
pub mod bench;
pub mod check;
pub mod compare;
pub mod complete;
pub mod doctor;
pub mod explain;
pub mod history;
pub mod init;
pub mod judge;
pub mod load;
pub mod plan;
pub mod report;
pub mod serve;
