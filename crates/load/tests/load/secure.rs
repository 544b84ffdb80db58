//! Encrypted connections, and HTTP/2 on them and without.

use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tollgate_load::target::Target;
use tollgate_load::workload::{Act, Capture, Http, Origin, Tls, Workload};

use crate::loads::{assert_good, closed, counted, failures, get, ms, run, template};
use crate::server::{Asked, Reply, Server, Speaks};

/// An authority and a server it vouches for.
struct Trust {
    config: Arc<ServerConfig>,
    authority: PathBuf,
    _folder: tempfile::TempDir,
}

fn trust(name: &str, protocols: &[&str]) -> Trust {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    let root = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);
    let own = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(names()).unwrap().signed_by(&own, &issuer).unwrap();
    trusted(&root, &leaf, &own, protocols)
}

fn names() -> Vec<String> {
    vec!["localhost".to_owned(), "127.0.0.1".to_owned()]
}

/// A server that is its own authority, as the usual recipe of `openssl req -x509` makes it.
fn own_authority() -> Trust {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(names()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let own = params.self_signed(&key).unwrap();
    trusted(&own, &own, &key, &[])
}

fn trusted(root: &Certificate, leaf: &Certificate, key: &KeyPair, protocols: &[&str]) -> Trust {
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("authority.pem");
    std::fs::write(&authority, root.pem()).unwrap();
    let chain = vec![CertificateDer::from(leaf.der().to_vec())];
    let own = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, own)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    Trust { config: Arc::new(config), authority, _folder: folder }
}

impl Trust {
    fn server(&self, handler: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Server {
        Server::speaking(
            Speaks { tls: Some(Arc::clone(&self.config)), ..Speaks::default() },
            handler,
        )
    }
}

fn secure(server: &Server, host: &str) -> Target {
    Target::parse(&format!("https://{host}:{}", server.address.port()), &[]).unwrap()
}

fn with(mut load: Workload, http: Http, tls: Tls) -> Workload {
    load.protocol.http = http;
    load.protocol.tls = tls;
    load
}

#[test]
fn a_server_that_the_authority_vouches_for_is_believed_by_name_and_by_number() {
    let trust = trust("one", &["http/1.1"]);
    let server = trust.server(|_| Reply::new(200, "ok"));
    let load = with(counted(5, vec![get("/")]), Http::One, Tls::Authority(trust.authority));
    for host in ["127.0.0.1", "localhost"] {
        assert_good(&run(&load, &secure(&server, host)), 5);
    }
    assert_eq!(server.connections(), 2);
}

#[test]
fn a_server_of_another_authority_is_refused_unless_anyone_is_believed() {
    let (one, other) = (trust("one", &[]), trust("other", &[]));
    let server = one.server(|_| Reply::new(200, "ok"));
    let load = counted(2, vec![get("/")]);
    let load = with(load, Http::One, Tls::Authority(other.authority));
    let report = run(&load, &secure(&server, "localhost"));
    let [(reason, 2)] = failures(&report)[..] else { panic!("{:?}", report.failures) };
    assert!(
        reason.contains("no secure connection") && reason.contains("UnknownIssuer"),
        "{reason}"
    );
    assert_eq!(server.count(), 0);
    let load = with(load, Http::One, Tls::Anyone);
    assert_good(&run(&load, &secure(&server, "localhost")), 2);
}

#[test]
fn a_server_that_is_its_own_authority_is_told_as_such_and_not_by_a_name_of_the_library() {
    let own = own_authority();
    let server = own.server(|_| Reply::new(200, "ok"));
    let load = with(counted(1, vec![get("/")]), Http::One, Tls::Authority(own.authority));
    let report = run(&load, &secure(&server, "localhost"));
    let clear = "no secure connection: the certificate is that of an authority, not of a server";
    assert_eq!(failures(&report), [(clear, 1)]);
}

#[test]
fn a_file_that_is_no_authority_is_told_before_the_load() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::ok();
    for content in ["", "no certificate"] {
        let path = folder.path().join("authority.pem");
        std::fs::write(&path, content).unwrap();
        let load = with(counted(1, vec![get("/")]), Http::One, Tls::Authority(path));
        let error = crate::loads::try_run(&load, &secure(&server, "localhost")).unwrap_err();
        assert!(error.to_string().contains("authority.pem"), "{error}");
    }
}

#[test]
fn plain_text_where_a_handshake_is_due_is_a_failure_of_the_secure_connection() {
    let server = Server::ok();
    let load = with(counted(1, vec![get("/")]), Http::One, Tls::Anyone);
    let report = run(&load, &secure(&server, "localhost"));
    let clear = "no secure connection: the target does not speak TLS; http instead of https?";
    assert_eq!(failures(&report), [(clear, 1)]);
}

/// A login whose token and cookie the next request has to bring, over HTTP/2.
fn logs_in(target: &Target, server: &Server, tls: Tls) {
    let mut login = get("/login");
    let from = Origin::Json("/token".to_owned());
    login.captures = vec![Capture { name: "token".to_owned(), from }];
    let mut page = crate::loads::post("/page", "token={{token}}");
    page.expect.text = Some(template("welcome"));
    let mut load = with(counted(21, vec![page]), Http::Two, tls);
    load.users[0].start = vec![login];
    assert_good(&run(&load, target), 21);
    assert!(server.asked().iter().all(|asked| asked.version == http::Version::HTTP_2));
    assert_eq!(server.connections(), 1);
}

fn door(asked: &Asked) -> Reply {
    match asked.path.as_str() {
        "/login" => Reply::new(200, r#"{"token":"t1"}"#).with("set-cookie", "c=1; Path=/"),
        "/page" if asked.header("cookie") == Some("c=1") && asked.body == "token=t1" => {
            Reply::new(200, "welcome")
        }
        _ => Reply::new(403, ""),
    }
}

#[test]
fn captured_values_and_cookies_travel_over_http2_encrypted_and_clear() {
    let trust = trust("one", &["h2", "http/1.1"]);
    let server = trust.server(door);
    logs_in(&secure(&server, "localhost"), &server, Tls::Authority(trust.authority));
    let server = Server::start(door);
    logs_in(&server.target(), &server, Tls::System);
}

#[test]
fn a_server_without_http2_is_told_as_such() {
    for protocols in [&["http/1.1"][..], &[]] {
        let trust = trust("one", protocols);
        let server = trust.server(|_| Reply::new(200, "ok"));
        let load = with(counted(1, vec![get("/")]), Http::Two, Tls::Anyone);
        let report = run(&load, &secure(&server, "localhost"));
        let reason = failures(&report)[0].0;
        let clear = "no secure connection: the target does not speak HTTP/2";
        assert_eq!(reason, clear, "{protocols:?}");
    }
    let trust = trust("one", &["h2"]);
    let server = trust.server(|_| Reply::new(200, "ok"));
    let load = with(counted(1, vec![get("/")]), Http::One, Tls::Anyone);
    let report = run(&load, &secure(&server, "localhost"));
    let clear = "no secure connection: the target does not speak HTTP/1.1";
    assert_eq!(failures(&report), [(clear, 1)]);
}

#[test]
fn clear_text_http2_to_a_server_that_does_not_speak_it_fails() {
    let speaks = Speaks { only_http1: true, ..Speaks::default() };
    let server = Server::speaking(speaks, |_| Reply::new(200, "ok"));
    let load = with(counted(2, vec![get("/")]), Http::Two, Tls::System);
    let report = run(&load, &server.target());
    assert_eq!(report.total().failed, 2);
    assert!(report.total().latency.is_empty());
}

#[test]
fn large_and_empty_answers_heads_and_failures_are_the_same_over_http2() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/large" => Reply::new(200, vec![b'x'; 10 << 20]),
        "/empty" => Reply::new(204, ""),
        "/bad" => Reply::new(500, ""),
        _ => Reply::new(200, "head"),
    });
    let mut head = get("/head");
    head.act = Act::Http("HEAD".to_owned());
    let load = counted(8, vec![get("/large"), get("/empty"), head, get("/bad")]);
    let mut load = with(load, Http::Two, Tls::System);
    let report = run(&load, &server.target());
    assert_eq!(failures(&report), [("status 500, expected below 400", 2)]);
    assert_eq!((report.total().succeeded, report.generator.connects), (6, 1));
    assert!(report.total().received > 20 << 20);
    load.protocol.largest_body = 1 << 20;
    load.stop.requests = Some(1);
    assert_eq!(failures(&run(&load, &server.target())), [("answer too large", 1)]);
}

#[test]
fn a_server_that_says_goodbye_after_some_requests_costs_a_connection_and_no_failure() {
    for http in [Http::One, Http::Two] {
        let speaks = Speaks { requests: Some(5), ..Speaks::default() };
        let server = Server::speaking(speaks, |_| Reply::new(200, "ok"));
        let load = with(counted(100, vec![get("/")]), http, Tls::System);
        let report = run(&load, &server.target());
        assert_good(&report, 100);
        // Whatever was on its way with the goodbye is still answered.
        assert!((17..=20).contains(&server.connections()), "{}", server.connections());
        assert_eq!(server.count(), 100);
    }
}

#[test]
fn time_outs_over_http2_leave_no_connection_behind() {
    let server = Server::start(|_| Reply::new(200, "").after(ms(60_000)));
    let mut load = with(closed(4.0, ms(700), vec![get("/")]), Http::Two, Tls::System);
    load.protocol.timeout = ms(100);
    let mut most = 0;
    let mut watch = |_: &tollgate_load::report::Progress<'_>| {
        most = most.max(connected(server.address.port()));
        std::ops::ControlFlow::Continue(())
    };
    let never = std::sync::atomic::AtomicBool::new(false);
    let report = tollgate_load::run(&load, &server.target(), &never, &mut watch).unwrap();
    assert!(report.total().failed >= 16, "{:?}", report.failures);
    assert!((1..=8).contains(&most), "{most} connections of four users");
}

/// Established connections to a port, as the kernel lists them.
fn connected(port: u16) -> usize {
    let list = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let remote = format!("0100007F:{port:04X}");
    let columns = list.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    columns.filter(|column| column[2] == remote && column[3] == "01").count()
}
