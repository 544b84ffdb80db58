//! Whom to believe to be the target, as a configuration of the TLS library.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::workload::{Http, Tls};

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("read the certificate authority `{path}`: {problem}")]
    Authority { path: String, problem: String },
    #[error("find the authorities this machine trusts: {0}")]
    System(String),
    #[error("set up TLS")]
    Setup(#[from] rustls::Error),
}

/// The configuration for a load; `http` chooses the protocol offered.
pub(crate) fn config(tls: &Tls, http: Http) -> Result<Arc<ClientConfig>, TlsError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let mut config = match tls {
        Tls::System => builder.with_root_certificates(system()?).with_no_client_auth(),
        Tls::Authority(path) => builder.with_root_certificates(file(path)?).with_no_client_auth(),
        Tls::Anyone => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anyone(provider)))
            .with_no_client_auth(),
    };
    config.alpn_protocols = match http {
        Http::One => vec![b"http/1.1".to_vec()],
        Http::Two => vec![b"h2".to_vec()],
    };
    Ok(Arc::new(config))
}

fn system() -> Result<RootCertStore, TlsError> {
    let found = rustls_native_certs::load_native_certs();
    let mut store = RootCertStore::empty();
    let (added, _) = store.add_parsable_certificates(found.certs);
    if added == 0 {
        let problem = found.errors.first().map_or("there are none".to_owned(), ToString::to_string);
        return Err(TlsError::System(problem));
    }
    Ok(store)
}

fn file(path: &Path) -> Result<RootCertStore, TlsError> {
    let failed =
        |problem: String| TlsError::Authority { path: path.display().to_string(), problem };
    let mut store = RootCertStore::empty();
    let certificates =
        CertificateDer::pem_file_iter(path).map_err(|error| failed(error.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| failed(error.to_string()))?;
        store.add(certificate).map_err(|error| failed(error.to_string()))?;
    }
    if store.is_empty() {
        return Err(failed("it holds no certificate".to_owned()));
    }
    Ok(store)
}

/// The name the target has to prove.
pub(crate) fn name(host: &str) -> io::Result<ServerName<'static>> {
    let plain = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    ServerName::try_from(plain).map_err(io::Error::other)
}

/// Believes any certificate, though not a broken signature.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _end: &CertificateDer<'_>,
        _between: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
