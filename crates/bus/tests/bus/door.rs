//! The door itself: who is too slow, and how it closes.

use std::net::Ipv4Addr;

use bytes::Bytes;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tollgate_bus::{Broker, Bus, Door};

/// A client that has said this and knows that it was heard.
async fn client(address: std::net::SocketAddr, said: &str) -> BufReader<TcpStream> {
    let mut stream = BufReader::new(TcpStream::connect(address).await.unwrap());
    stream.write_all(format!("{said}PING\r\n").as_bytes()).await.unwrap();
    let mut line = String::new();
    while line != "PONG\r\n" {
        line.clear();
        assert!(stream.read_line(&mut line).await.unwrap() > 0, "closed");
    }
    stream
}

#[tokio::test]
async fn a_client_that_reads_too_little_is_sent_away() {
    const MOST: usize = 1 << 20;
    let bus = Bus::new();
    let door = Door::open_with(bus.clone(), (Ipv4Addr::LOCALHOST, 0).into(), MOST).await.unwrap();
    let subscribe = "CONNECT {\"verbose\":false}\r\nSUB a 1\r\n";
    let mut slow = client(door.address(), subscribe).await;
    let mut inside = bus.subscribe("a").unwrap();
    let payload = Bytes::from(vec![b'x'; 100_000]);
    // The buffers of the system take some; then it is no longer subscribed.
    while bus.publish("a", payload.clone()).unwrap() == 2 {
        tokio::task::yield_now().await;
    }
    while inside.try_next().is_some() {}
    let mut rest = Vec::new();
    slow.read_to_end(&mut rest).await.unwrap();
    let message = [b"MSG a 1 100000\r\n", &payload[..], b"\r\n"].concat();
    let (messages, last) = rest.as_chunks::<{ 100_000 + 18 }>();
    assert!(!messages.is_empty() && messages.iter().all(|one| one[..] == message[..]));
    assert_eq!(last, b"-ERR 'Slow Consumer'\r\n");
    assert_eq!(bus.publish("a", payload), Ok(1));
    door.close().await;
}

#[tokio::test]
async fn a_client_that_publishes_faster_than_another_reads_is_slowed_down() {
    const MESSAGES: usize = 20_000;
    let most = 1 << 20;
    let door = Door::open_with(Bus::new(), (Ipv4Addr::LOCALHOST, 0).into(), most).await.unwrap();
    let subscribe = "CONNECT {\"verbose\":false}\r\nSUB a 1\r\n";
    let mut reading = client(door.address(), subscribe).await;
    let mut publishing = client(door.address(), "CONNECT {\"verbose\":false}\r\n").await;
    let payload = "x".repeat(1000);
    let said = format!("PUB a 1000\r\n{payload}\r\n").repeat(MESSAGES);
    let publisher = tokio::spawn(async move {
        publishing.write_all(said.as_bytes()).await.unwrap();
        publishing
    });
    let expected = format!("MSG a 1 1000\r\n{payload}\r\n");
    let mut heard = vec![0; expected.len()];
    for number in 0..MESSAGES {
        reading.read_exact(&mut heard).await.unwrap();
        assert!(heard == expected.as_bytes(), "{number}");
        // Others get more of the time than it does.
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
    }
    publisher.await.unwrap();
}

#[tokio::test]
async fn a_door_that_closes_has_said_all_it_was_to_say() {
    let bus = Bus::new();
    let door = Door::open(bus.clone(), (Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    let address = door.address();
    let mut client = client(address, "CONNECT {\"verbose\":false}\r\nSUB > 1\r\n").await;
    for _ in 0..1000 {
        assert_eq!(bus.publish("a.b", "x".into()), Ok(1));
    }
    door.close().await;
    let mut rest = String::new();
    client.read_to_string(&mut rest).await.unwrap();
    assert_eq!(rest, "MSG a.b 1 1\r\nx\r\n".repeat(1000));
    assert_eq!(bus.publish("a.b", Bytes::new()), Ok(0));
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_client_that_goes_takes_its_subscriptions_along() {
    let broker = Broker::start().unwrap();
    let bus = broker.bus();
    let many: String = (0..200).map(|sid| format!("SUB a.{sid} {sid}\r\n")).collect();
    let gone = client(broker.address(), &many).await;
    assert_eq!(bus.publish("a.7", Bytes::new()), Ok(1));
    drop(gone);
    while bus.publish("a.7", Bytes::new()).unwrap() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_broker_that_is_dropped_lets_nobody_in() {
    let broker = Broker::start().unwrap();
    let (bus, address) = (broker.bus(), broker.address());
    assert_eq!(broker.url(), format!("nats://{address}"));
    let mut client = client(address, "SUB a 1\r\n").await;
    drop(broker);
    assert_eq!(client.read_to_end(&mut Vec::new()).await.unwrap(), 0);
    assert!(TcpStream::connect(address).await.is_err());
    assert_eq!(bus.publish("a", Bytes::new()), Ok(0));
}

#[tokio::test]
async fn a_message_to_what_is_no_subject_is_refused_and_its_client_stays() {
    let broker = Broker::start().unwrap();
    let connect = "CONNECT {\"verbose\":false}\r\nSUB > 1\r\n";
    let mut client = client(broker.address(), connect).await;
    for said in ["PUB a..b 1\r\nx\r\n", "PUB a.* 1\r\nx\r\n", "PUB a b.> 1\r\nx\r\n"] {
        client.write_all(format!("{said}PING\r\n").as_bytes()).await.unwrap();
        let expected = "-ERR 'Invalid Publish Subject'\r\nPONG\r\n";
        let mut heard = vec![0; expected.len()];
        client.read_exact(&mut heard).await.unwrap();
        assert_eq!(String::from_utf8(heard).unwrap(), expected, "to {said:?}");
    }
}

#[tokio::test]
async fn a_number_whose_subscription_is_over_can_be_used_again() {
    let broker = Broker::start().unwrap();
    let connect = "CONNECT {\"verbose\":false}\r\n";
    let mut client = client(broker.address(), connect).await;
    let rounds = 500;
    for _ in 0..rounds {
        let said = "SUB a 1\r\nUNSUB 1 1\r\nPUB a 1\r\nx\r\nPUB a 1\r\ny\r\n";
        client.write_all(said.as_bytes()).await.unwrap();
    }
    let mut heard = vec![0; "MSG a 1 1\r\nx\r\n".len() * rounds];
    client.read_exact(&mut heard).await.unwrap();
    assert_eq!(String::from_utf8(heard).unwrap(), "MSG a 1 1\r\nx\r\n".repeat(rounds));
}
