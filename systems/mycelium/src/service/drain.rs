//! The end of the service: who is still being served hears of it, and is waited for.

use tokio::sync::watch;

/// Whether the service ends, and who is not done yet.
pub struct Drain(watch::Sender<bool>);

/// A connection that is waited for as long as this lives.
#[derive(Clone)]
pub struct Guest(watch::Receiver<bool>);

impl Drain {
    #[must_use]
    pub fn new() -> Drain {
        Drain(watch::Sender::new(false))
    }

    pub fn begin(&self) {
        self.0.send_replace(true);
    }

    #[must_use]
    pub fn has_begun(&self) -> bool {
        *self.0.borrow()
    }

    #[must_use]
    pub fn guest(&self) -> Guest {
        Guest(self.0.subscribe())
    }

    pub fn guests(&self) -> usize {
        self.0.receiver_count()
    }

    /// Ready once no guest is left.
    pub async fn all_left(&self) {
        self.0.closed().await;
    }
}

impl Default for Drain {
    fn default() -> Drain {
        Drain::new()
    }
}

impl Guest {
    /// Ready once the service is to end.
    pub async fn draining(&mut self) {
        // It fails where the service is gone, which is an end as well.
        let _ = self.0.wait_for(|begun| *begun).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn guests_hear_of_the_end_and_are_waited_for() {
        let drain = Drain::new();
        let mut guest = drain.guest();
        assert!(!drain.has_begun());
        drain.begin();
        guest.draining().await;
        assert!(drain.has_begun());
        assert_eq!(drain.guests(), 1);
        let leaves = tokio::spawn(async move { drop(guest) });
        drain.all_left().await;
        leaves.await.unwrap();
        drain.all_left().await;
    }

    #[tokio::test]
    async fn who_comes_after_the_beginning_hears_of_it_at_once() {
        let drain = Drain::new();
        drain.begin();
        drain.guest().draining().await;
    }
}
