//! What comes from a subscription until the service is to end, and then what came before.

use tokio::sync::watch;

use crate::bus::{Message, Subscription};

pub struct Source {
    subscription: Subscription,
    stop: Stop,
    is_stopped: bool,
}

/// Whether the service is to end.
#[derive(Clone)]
pub struct Stop(pub watch::Receiver<bool>);

impl Source {
    pub fn new(subscription: Subscription, stop: Stop) -> Source {
        Source { subscription, stop, is_stopped: false }
    }

    pub async fn next(&mut self) -> Option<Message> {
        loop {
            tokio::select! {
                biased;
                // First, or a busy publisher would keep the service from ending.
                () = self.stop.told(), if !self.is_stopped => {
                    self.is_stopped = true;
                    self.subscription.stop().await;
                }
                message = self.subscription.next() => return message,
            }
        }
    }
}

impl Stop {
    pub fn is_told(&self) -> bool {
        // Without a service that could tell it, it has ended.
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    async fn told(&mut self) {
        // As above.
        let _ = self.0.wait_for(|stop| *stop).await;
    }
}
