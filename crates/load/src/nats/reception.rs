//! The subscribers of a load: on a connection each, they tell which events they have.

use std::io;
use std::rc::Rc;

use async_nats::{Client, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt as _;

use super::delivery::{Deliveries, HEADER};
use crate::connection::Route;

/// Who receives what is published, and where.
#[derive(Clone, Debug)]
pub(crate) struct Reception {
    pub subscribers: u32,
    pub patterns: Vec<String>,
    /// Different for every load.
    pub run: u64,
}

impl Reception {
    /// Subscribes; when it returns, whatever is published comes to everybody.
    pub async fn open(&self, route: &Route, thread: u32) -> io::Result<Rc<Deliveries>> {
        let deliveries = Rc::new(Deliveries::new(self.run, thread, self.subscribers));
        for number in 0..self.subscribers {
            let client = super::connect(&route.target, route.identity.as_ref(), route.tls.as_ref())
                .await
                .map_err(|fault| io::Error::other(format!("subscribe: {fault}")))?;
            for pattern in &self.patterns {
                let messages = client.subscribe(pattern.clone()).await.map_err(io::Error::other)?;
                let deliveries = Rc::clone(&deliveries);
                tokio::task::spawn_local(receive(messages, deliveries, number));
            }
            answer_to_itself(&client).await?;
        }
        Ok(deliveries)
    }
}

/// A message to itself over the same connection comes back only when the server knows of all
/// subscriptions before it. What the client calls flushing does not wait for the server.
async fn answer_to_itself(client: &Client) -> io::Result<()> {
    let own = client.new_inbox();
    let mut messages = client.subscribe(own.clone()).await.map_err(io::Error::other)?;
    client.publish(own, Bytes::new()).await.map_err(io::Error::other)?;
    let came = tokio::time::timeout(super::REACH, messages.next()).await;
    match came {
        Ok(Some(_)) => Ok(()),
        _ => Err(io::Error::other("subscribe: the bus does not deliver")),
    }
}

async fn receive(mut messages: Subscriber, deliveries: Rc<Deliveries>, subscriber: u32) {
    while let Some(message) = messages.next().await {
        let label = message.headers.as_ref().and_then(|headers| headers.get(HEADER));
        if let Some(number) = label.and_then(|label| deliveries.number(label.as_str())) {
            deliveries.delivered(number, subscriber);
        }
    }
}
