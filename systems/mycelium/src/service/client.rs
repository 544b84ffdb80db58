//! Who sent a request: its peer, or whom a trusted proxy names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::http::HeaderMap;

/// The address a request came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Client(pub IpAddr);

impl Client {
    /// The peer; where that is a trusted proxy, the last address that the proxies have noted and
    /// that is none of theirs.
    #[must_use]
    pub fn of(peer: Option<SocketAddr>, headers: &HeaderMap, proxies: &[IpAddr]) -> Client {
        // Without a network, as in tests, all requests come from the same place.
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
        let is_trusted = |address| proxies.iter().any(|proxy| proxy.to_canonical() == address);
        if !is_trusted(peer) {
            return Client(peer);
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
            if !is_trusted(address) {
                break;
            }
        }
        Client(address)
    }

    /// What is limited together: one client of IPv6 has 2^64 addresses to choose from.
    #[must_use]
    pub fn network(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, noted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in noted {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let peer = SocketAddr::new(peer.parse().unwrap(), 1);
        let proxies = ["10.0.0.1", "10.0.0.2", "::ffff:10.0.0.3"].map(|text| text.parse().unwrap());
        Client::of(Some(peer), &headers, &proxies).0.to_string()
    }

    #[test]
    fn a_stranger_is_not_believed_where_it_comes_from() {
        assert_eq!(client("192.0.2.7", &["198.51.100.1"]), "192.0.2.7");
    }

    #[test]
    fn a_trusted_proxy_is_believed_and_what_it_was_told_is_not() {
        assert_eq!(client("10.0.0.1", &["1.1.1.1, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["1.1.1.1", "2.2.2.2, 10.0.0.2"]), "2.2.2.2");
        assert_eq!(client("10.0.0.1", &["1.1.1.1, what"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client("::ffff:10.0.0.1", &["2.2.2.2"]), "2.2.2.2");
        assert_eq!(client("10.0.0.3", &["2.2.2.2"]), "2.2.2.2");
    }

    #[test]
    fn the_addresses_of_one_network_of_ipv6_count_together() {
        let network = |text: &str| Client(text.parse().unwrap()).network().to_string();
        assert_eq!(network("2001:db8:1:2:3::4"), "2001:db8:1:2::");
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
    }
}
