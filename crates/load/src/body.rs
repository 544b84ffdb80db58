//! Bodies as they were before compression, up to a limit on their size.

use std::borrow::Cow;
use std::io::{self, Read};

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    #[error("content encoding `{0}` is not known")]
    Unknown(String),
    #[error("body larger than {limit} bytes when decompressed")]
    TooLarge { limit: usize },
    #[error("body is no whole {encoding}: {reason}")]
    Torn { encoding: &'static str, reason: String },
}

/// The body of an answer with this `Content-Encoding`: `gzip`, `deflate`, or `identity` and the
/// empty one for a body as it is, in any case. `deflate` is read with the zlib header that RFC 9110
/// asks for and, as some servers send it, without. An empty body stays empty: that of an answer to
/// HEAD has an encoding, too. Nothing beyond the limit is decompressed.
pub fn decompress<'a>(
    encoding: &str,
    body: &'a [u8],
    limit: usize,
) -> Result<Cow<'a, [u8]>, BodyError> {
    let encoding = encoding.trim().to_ascii_lowercase();
    match encoding.as_str() {
        "" | "identity" if body.len() > limit => Err(BodyError::TooLarge { limit }),
        "" | "identity" => Ok(Cow::Borrowed(body)),
        "gzip" | "x-gzip" | "deflate" if body.is_empty() => Ok(Cow::Borrowed(body)),
        "gzip" | "x-gzip" => read("gzip", MultiGzDecoder::new(body), limit),
        "deflate" if has_zlib_header(body) => read("deflate", ZlibDecoder::new(body), limit),
        "deflate" => read("deflate", DeflateDecoder::new(body), limit),
        _ => Err(BodyError::Unknown(encoding)),
    }
}

/// Method 8 and a check value (RFC 1950). A raw stream that begins so would be a stored block that
/// breaks the rule for its padding, or a block of the fixed code that no compressor starts with.
fn has_zlib_header(body: &[u8]) -> bool {
    match body {
        [method, flags, ..] => {
            method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]).is_multiple_of(31)
        }
        _ => false,
    }
}

fn read<'a>(
    encoding: &'static str,
    decoder: impl Read,
    limit: usize,
) -> Result<Cow<'a, [u8]>, BodyError> {
    let mut body = Vec::new();
    let torn = |error: io::Error| BodyError::Torn { encoding, reason: error.to_string() };
    let most = u64::try_from(limit).map_or(u64::MAX, |limit| limit.saturating_add(1));
    decoder.take(most).read_to_end(&mut body).map_err(torn)?;
    if body.len() > limit {
        return Err(BodyError::TooLarge { limit });
    }
    Ok(Cow::Owned(body))
}
