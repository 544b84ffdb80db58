//! An alert that is told over https.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

use crate::server::{Server, command, report, until};

/// A server for which the authority in a file vouches.
fn config(authority: &Path) -> ServerConfig {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    std::fs::write(authority, params.self_signed(&key).unwrap().pem()).unwrap();
    let issuer = Issuer::new(params, key);
    let own = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&own, &issuer).unwrap();
    let chain = vec![CertificateDer::from(leaf.der().to_vec())];
    let own = PrivateKeyDer::try_from(own.serialize_der()).unwrap();
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, own)
        .unwrap()
}

/// Takes one request after the other, and hands on what stands in it.
fn receiver(config: ServerConfig) -> (SocketAddr, Receiver<Value>) {
    let (listener, config) = (TcpListener::bind("127.0.0.1:0").unwrap(), Arc::new(config));
    let address = listener.local_addr().unwrap();
    let (give, take) = sync_channel(1);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            let (mut heard, mut more) = (Vec::new(), [0; 4096]);
            while let Ok(length @ 1..) = stream.read(&mut more) {
                heard.extend(&more[..length]);
                let text = String::from_utf8_lossy(&heard);
                let body = text.split_once("\r\n\r\n").map(|(_, body)| body);
                if let Some(body) = body.and_then(|body| serde_json::from_str(body).ok()) {
                    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
                    // Nobody may wait for it any more.
                    let _ = give.send(body);
                    break;
                }
            }
        }
    });
    (address, take)
}

fn serve(folder: &Path, address: SocketAddr, authority: Option<&Path>) -> Server {
    let mut command = command(folder);
    let rules = folder.join("rules.toml");
    let text = std::fs::read_to_string(&rules).unwrap();
    let (before, rest) = text.split_once("run = ").unwrap();
    let after = &rest[rest.find('\n').unwrap()..];
    std::fs::write(rules, format!("{before}url = \"https://{address}/hook\"{after}")).unwrap();
    if let Some(authority) = authority {
        command.env("SSL_CERT_FILE", authority);
    }
    Server::of(&mut command)
}

#[test]
fn an_alert_is_told_over_https_to_those_for_whom_an_authority_vouches() {
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("authority.pem");
    let (address, told) = receiver(config(&authority));
    let line = r#"{"event":"corruption","device":"a"}"#;

    let server = serve(folder.path(), address, None);
    assert_eq!(report(server.address, line), Some(200));
    until("a trial fails", || server.number("notifications_retried_total") > 0.5);
    assert!(server.end().success());
    assert!(told.try_recv().is_err(), "whoever is not trusted hears nothing");

    let server = serve(folder.path(), address, Some(&authority));
    let body = told.recv_timeout(Duration::from_secs(60)).unwrap();
    assert_eq!((&body["reason"], &body["group"]["device"]), (&"new".into(), &"a".into()));
    let text = body["text"].as_str().unwrap();
    assert!(text.starts_with("firing: corrupt{device=\"a\"} (warning, 1)"), "{text}");
    until("it is known to be told", || server.number("notifications_told_total") > 0.5);
}
