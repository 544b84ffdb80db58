//! Who may connect, and what is said to those who may not.

use super::*;

fn with(broker: &Broker, login: Login) -> Options {
    Options { login, patience: Duration::from_secs(3), ..options(broker) }
}

async fn refused(options: &Options) -> String {
    Bus::connect(options).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_user_needs_the_password_in_the_address_or_beside_it() {
    let config = "authorization { user: ann, password: s3cret }\n";
    let broker = Broker::with(|_| Some(config.to_owned()));
    let user =
        |password: &str| Login::User { name: "ann".to_owned(), password: password.to_owned() };
    assert!(Bus::connect(&with(&broker, user("s3cret"))).await.is_ok());
    let url = broker.url().replace("//", "//ann:s3cret@");
    let Address::Nats(server) = url.parse().unwrap() else { panic!("not a server") };
    let bus = Bus::connect(&Options::new(server)).await.unwrap();
    assert_eq!(bus.address(), broker.url());
    let error = refused(&with(&broker, user("wrong"))).await;
    assert!(error.contains("authorization violation") && error.contains(&broker.url()), "{error}");
    assert!(!error.contains("wrong"), "{error}");
}

#[tokio::test]
async fn a_token_is_as_good_as_the_server_says() {
    let broker = Broker::with(|_| Some("authorization { token: t0ken }\n".to_owned()));
    assert!(Bus::connect(&with(&broker, Login::Token("t0ken".to_owned()))).await.is_ok());
    let error = refused(&with(&broker, Login::Nobody)).await;
    assert!(error.contains("authorization violation"), "{error}");
}

/// The first pair of RFC 8032, in the letters that NATS writes keys with.
#[tokio::test]
async fn a_key_pair_is_read_from_its_file() {
    let public = "UDLVVGABQKYQVN6VJP7NHSLEA45A5YLS6PNKMIZFV4BBU2HXA5IRUVAL";
    let seed = "SUAJ2YNRTXX72WTAXKCEV5ES5QWMIRCJYVUXWMTJDFYDXLADDSXH6YALCA\n";
    let config = format!("authorization {{ users: [ {{ nkey: {public} }} ] }}\n");
    let broker = Broker::with(|_| Some(config));
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("user.nk");
    std::fs::write(&file, seed).unwrap();
    assert!(Bus::connect(&with(&broker, Login::Nkey(file.clone()))).await.is_ok());
    std::fs::write(&file, "SUNOSEED").unwrap();
    assert!(Bus::connect(&with(&broker, Login::Nkey(file))).await.is_err());
    let error = refused(&with(&broker, Login::Nkey("/nowhere/user.nk".into()))).await;
    assert!(error.starts_with("failed to read /nowhere/user.nk: "), "{error}");
}

#[tokio::test]
async fn nobody_there_is_told_with_the_address_and_the_cause() {
    let mut broker = Broker::start();
    let options = Options { patience: Duration::from_millis(300), ..options(&broker) };
    broker.kill();
    let error = refused(&options).await;
    assert!(error.contains(&broker.url()) && error.contains("refused"), "{error}");
}

#[tokio::test]
async fn a_file_of_certificates_that_is_not_there_is_named() {
    let broker = Broker::start();
    let certificates = Some("/nowhere/ca.pem".into());
    let options = Options { certificates, ..options(&broker) };
    let error = refused(&options).await;
    assert!(error.starts_with("failed to read /nowhere/ca.pem: "), "{error}");
}

/// Writes an authority, and what a server needs that it vouches for.
fn trust(folder: &std::path::Path) {
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "authority");
    let root = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);
    let own = KeyPair::generate().unwrap();
    let names = vec!["127.0.0.1".to_owned()];
    let leaf = CertificateParams::new(names).unwrap().signed_by(&own, &issuer).unwrap();
    std::fs::write(folder.join("ca.pem"), root.pem()).unwrap();
    std::fs::write(folder.join("cert.pem"), leaf.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), own.serialize_pem()).unwrap();
}

#[tokio::test]
async fn an_encrypted_connection_needs_an_authority_that_vouches_for_the_server() {
    let mut authority = None;
    let broker = Broker::with(|folder| {
        trust(folder);
        authority = Some(folder.join("ca.pem"));
        let file = |name: &str| folder.join(name).display().to_string();
        let (cert, key) = (file("cert.pem"), file("key.pem"));
        Some(format!("tls {{ cert_file: {cert:?}, key_file: {key:?} }}\n"))
    });
    let trusting = Options { certificates: authority, ..options(&broker) };
    let bus = Bus::connect(&trusting).await.unwrap();
    bus.settle(PATIENCE).await.unwrap();
    let stranger = tempfile::TempDir::new().unwrap();
    trust(stranger.path());
    let certificates = Some(stranger.path().join("ca.pem"));
    let patience = Duration::from_secs(1);
    let error = refused(&Options { certificates, patience, ..options(&broker) }).await;
    assert!(error.contains(&broker.url()) && error.contains("certificate"), "{error}");
}
