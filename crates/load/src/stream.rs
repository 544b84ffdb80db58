//! A connection's bytes, plain or encrypted, with a time-out on everything that waits.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::{AlertDescription, CertificateError, ClientConfig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::check::Fault;
use crate::target::Target;
use crate::tls;
use crate::watch::{Watch, in_time};

#[derive(Debug)]
pub(crate) enum Stream {
    Plain(TcpStream),
    Secure(Box<TlsStream<TcpStream>>),
}

impl Stream {
    pub async fn connect(
        target: &Target,
        config: Option<&Arc<ClientConfig>>,
        watch: &Watch,
    ) -> Result<Stream, Fault> {
        let plain = in_time(watch, tcp(target)).await?.map_err(|error| fault(&error))?;
        let Some(config) = config else { return Ok(Stream::Plain(plain)) };
        let name = tls::name(&target.host).map_err(|error| Fault::Tls(error.to_string()))?;
        let shaken = TlsConnector::from(Arc::clone(config)).connect(name, plain);
        let secure = in_time(watch, shaken).await?;
        let secure = secure.map_err(|error| Fault::Tls(refusal(&error, config)))?;
        Ok(Stream::Secure(Box::new(secure)))
    }

    /// Sends all of it.
    pub async fn send(&mut self, bytes: &[u8], watch: &Watch) -> Result<(), Fault> {
        let mut sent = 0;
        while sent < bytes.len() {
            let write = std::future::poll_fn(|context| {
                Pin::new(&mut *self).poll_write(context, &bytes[sent..])
            });
            match in_time(watch, write).await?.map_err(|error| fault(&error))? {
                0 => return Err(Fault::Closed),
                more => sent += more,
            }
        }
        if let Stream::Secure(secure) = self {
            let flush = std::future::poll_fn(|context| Pin::new(&mut *secure).poll_flush(context));
            in_time(watch, flush).await?.map_err(|error| fault(&error))?;
        }
        Ok(())
    }

    /// Reads what there is behind what was read before; nothing at the end.
    pub async fn receive(&mut self, buffer: &mut Vec<u8>, watch: &Watch) -> Result<usize, Fault> {
        in_time(watch, self.read_buf(buffer)).await?.map_err(|error| fault(&error))
    }
}

async fn tcp(target: &Target) -> io::Result<TcpStream> {
    let socket = if target.address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_nodelay(true)?;
    socket.connect(target.address).await
}

/// Why a handshake failed.
fn refusal(error: &io::Error, config: &ClientConfig) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::AlertReceived(AlertDescription::NoApplicationProtocol)) => {
            let two = config.alpn_protocols.iter().any(|protocol| protocol == b"h2");
            format!("the target does not speak HTTP/{}", if two { "2" } else { "1.1" })
        }
        Some(rustls::Error::InvalidMessage(_)) => {
            "the target does not speak TLS; http instead of https?".to_owned()
        }
        // A self-signed certificate as openssl makes it; the library has no word for it but this.
        Some(rustls::Error::InvalidCertificate(CertificateError::Other(other)))
            if format!("{other:?}").contains("CaUsedAsEndEntity") =>
        {
            "the certificate is that of an authority, not of a server".to_owned()
        }
        _ => error.to_string(),
    }
}

/// What an error of the system means to whoever reads the report.
pub(crate) fn fault(error: &io::Error) -> Fault {
    use rustix::io::Errno;
    match (error.kind(), Errno::from_io_error(error)) {
        (_, Some(Errno::MFILE | Errno::NFILE)) => Fault::NoDescriptors,
        (_, Some(Errno::ADDRNOTAVAIL | Errno::ADDRINUSE)) => Fault::NoPorts,
        (io::ErrorKind::ConnectionRefused, _) => Fault::Refused,
        (io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe, _) => Fault::Reset,
        (io::ErrorKind::UnexpectedEof, _) => Fault::Closed,
        (io::ErrorKind::TimedOut, _) => Fault::TimedOut,
        _ => Fault::Failed(error.to_string()),
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Stream::Secure(stream) => Pin::new(&mut **stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Stream::Secure(stream) => Pin::new(&mut **stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(context),
            Stream::Secure(stream) => Pin::new(&mut **stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Stream::Secure(stream) => Pin::new(&mut **stream).poll_shutdown(context),
        }
    }
}
