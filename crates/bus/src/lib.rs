//! A message bus inside the process, with the subjects, wildcards, queue groups and requests of
//! NATS, and a door through which clients of NATS come in over a loopback port.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), tollgate_bus::BusError> {
//! use tollgate_bus::Bus;
//!
//! let bus = Bus::new();
//! let mut orders = bus.subscribe("orders.*")?;
//! assert_eq!(bus.publish("orders.new", "one".into())?, 1);
//! let order = orders.next().await.expect("it was published");
//! assert_eq!((&*order.subject, &order.payload[..]), ("orders.new", &b"one"[..]));
//! # Ok(())
//! # }
//! ```

mod broker;
mod bus;
mod door;
mod headers;
mod listener;
mod message;
pub mod protocol;
mod request;
mod route;
pub mod subject;
mod subscription;

pub use broker::Broker;
pub use bus::{Bus, BusError, Limits};
pub use door::Door;
pub use headers::{Headers, HeadersError};
pub use message::{Message, Subject};
pub use request::RequestError;
pub use subscription::Subscription;
