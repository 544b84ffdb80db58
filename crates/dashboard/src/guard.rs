//! What all answers have in common: who may ask, what a browser may do with them, and whether it
//! has them already.

mod entity;
mod host;
mod policy;

pub(crate) use entity::tagged;
pub use host::Hosts;
pub(crate) use host::expected;
pub(crate) use policy::kept;
