//! Encrypted connections, to those whom an authority vouches for.

use std::io;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{CertificateError, ClientConfig, ClientConnection, Error, RootCertStore, StreamOwned};

use super::post::Timed;

/// Those whom this machine trusts.
pub(super) fn system() -> io::Result<RootCertStore> {
    let found = rustls_native_certs::load_native_certs();
    let mut store = RootCertStore::empty();
    let (added, _) = store.add_parsable_certificates(found.certs);
    if added > 0 {
        return Ok(store);
    }
    let why = found.errors.first().map_or("there are none".to_owned(), ToString::to_string);
    Err(io::Error::other(format!("failed to find authorities that this machine trusts: {why}")))
}

/// The connection, once it is known who is at its other end.
pub(super) fn secure(
    mut stream: Timed,
    name: &str,
    authorities: RootCertStore,
) -> io::Result<StreamOwned<ClientConnection, Timed>> {
    let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(io::Error::other)?;
    let mut config = builder.with_root_certificates(authorities).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let mut connection = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).map_err(refusal)?;
    }
    Ok(StreamOwned::new(connection, stream))
}

/// Why a handshake failed, for people.
fn refusal(error: io::Error) -> io::Error {
    let Some(why) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) else {
        return error;
    };
    let said = match why {
        Error::InvalidMessage(_) => "it does not speak TLS; http instead of https?".to_owned(),
        Error::InvalidCertificate(certificate) => distrust(certificate),
        _ => why.to_string(),
    };
    io::Error::new(io::ErrorKind::InvalidData, said)
}

fn distrust(why: &CertificateError) -> String {
    match why {
        CertificateError::UnknownIssuer => {
            "no authority that this machine trusts vouches for its certificate".to_owned()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another name".to_owned()
        }
        // A self-signed certificate as openssl makes it; the library has no word for it but this.
        CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            "its certificate is that of an authority, not of a server".to_owned()
        }
        other => format!("its certificate is not accepted: {other}"),
    }
}
