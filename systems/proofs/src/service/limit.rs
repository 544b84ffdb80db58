//! The rate limit of each client: its name, or the address of its network where it has none.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;

use axum::http::HeaderMap;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::failure::Failure;

/// Requests a second for each client, or no limit.
pub struct Limit(Option<(DefaultKeyedRateLimiter<Client>, DefaultClock)>);

/// Whose requests are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    Name(String),
    Address(IpAddr),
    /// Where the request came over no network, as in tests.
    Unknown,
}

impl Limit {
    /// As many requests at once as in a second; zero for no limit.
    #[must_use]
    pub fn new(per_second: u32) -> Limit {
        let limiter = |rate| {
            let limiter = RateLimiter::keyed(Quota::with_period(period(rate))?.allow_burst(rate));
            Some((limiter, DefaultClock::default()))
        };
        Limit(NonZeroU32::new(per_second).and_then(limiter))
    }

    /// Counts a request, or says when the next one is due.
    pub fn check(&self, client: impl FnOnce() -> Client) -> Result<(), Failure> {
        let Some((limiter, clock)) = &self.0 else { return Ok(()) };
        limiter.check_key(&client()).map_err(|until| {
            let wait = until.wait_time_from(clock.now());
            Failure::Limited { seconds: wait.as_secs() + 1 }
        })
    }

    /// Forgets clients that have all their requests left.
    pub fn forget_idle(&self) {
        if let Some((limiter, _)) = &self.0 {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

impl Client {
    /// By the address of the peer; where that is a trusted proxy, by the last address that the
    /// proxies have noted and that is none of theirs.
    #[must_use]
    pub fn of(peer: Option<SocketAddr>, headers: &HeaderMap, proxies: &[IpAddr]) -> Client {
        let Some(peer) = peer.map(|peer| peer.ip().to_canonical()) else { return Client::Unknown };
        if !proxies.contains(&peer) {
            return Client::Address(network(peer));
        }
        let noted = headers.get_all("x-forwarded-for").into_iter();
        let noted: Vec<&str> = noted
            .filter_map(|value| value.to_str().ok())
            .flat_map(|text| text.split(','))
            .collect();
        let mut address = peer;
        for text in noted.iter().rev() {
            // What cannot be read was not noted by a proxy, so nothing before it counts either.
            let Ok(before) = text.trim().parse::<IpAddr>() else { break };
            address = before.to_canonical();
            if !proxies.contains(&address) {
                break;
            }
        }
        Client::Address(network(address))
    }
}

fn period(rate: NonZeroU32) -> std::time::Duration {
    std::time::Duration::from_secs(1) / rate.get()
}

/// One client of IPv6 has 2^64 addresses to choose from, so that they count as one.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, noted: &[&str]) -> Client {
        let mut headers = HeaderMap::new();
        for value in noted {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let peer = SocketAddr::new(peer.parse().unwrap(), 1);
        Client::of(
            Some(peer),
            &headers,
            &["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()],
        )
    }

    fn address(text: &str) -> Client {
        Client::Address(text.parse().unwrap())
    }

    #[test]
    fn a_stranger_is_not_believed_where_he_comes_from() {
        assert_eq!(client("192.0.2.7", &["198.51.100.1"]), address("192.0.2.7"));
    }

    #[test]
    fn a_trusted_proxy_is_believed_and_what_it_was_told_is_not() {
        assert_eq!(client("10.0.0.1", &["1.1.1.1, 198.51.100.1"]), address("198.51.100.1"));
        assert_eq!(client("10.0.0.1", &["1.1.1.1", "2.2.2.2, 10.0.0.2"]), address("2.2.2.2"));
        assert_eq!(client("10.0.0.1", &["1.1.1.1, what"]), address("10.0.0.1"));
        assert_eq!(client("10.0.0.1", &[]), address("10.0.0.1"));
        assert_eq!(client("::ffff:10.0.0.1", &["2.2.2.2"]), address("2.2.2.2"));
    }

    #[test]
    fn the_addresses_of_one_network_of_ipv6_count_together() {
        assert_eq!(client("2001:db8:1:2:3::4", &[]), address("2001:db8:1:2::"));
    }

    #[test]
    fn clients_are_limited_one_by_one_and_told_when_to_come_back() {
        let limit = Limit::new(1);
        let ask = |name: &str| limit.check(|| Client::Name(name.to_owned()));
        ask("one").unwrap();
        let refused = (0..1000).find_map(|_| ask("one").err());
        assert!(matches!(refused, Some(Failure::Limited { seconds: 1..=2 })));
        ask("two").unwrap();
    }

    #[test]
    fn without_a_limit_nobody_is_limited() {
        let limit = Limit::new(0);
        assert!((0..10_000).all(|_| limit.check(|| Client::Unknown).is_ok()));
    }
}
