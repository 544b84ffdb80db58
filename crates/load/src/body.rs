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

/// Method 8 and a check value (RFC 1950). A raw stream that begins so has a stored block whose
/// padding is not zero, which no compressor writes.
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use proptest::prelude::*;

    use super::*;

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(body: &[u8], level: u32) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn raw(body: &[u8], level: u32) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(level));
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_python_compressed_is_read() {
        // zlib.compress(b"hello hello"), gzip.compress of the same with mtime=0.
        let zlib = b"\x78\x9c\xcb\x48\xcd\xc9\xc9\x57\xc8\x00\x91\x00\x19\x91\x04\x49";
        assert_eq!(decompress("deflate", zlib, 100).unwrap(), &b"hello hello"[..]);
        let gzip = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x57\xc8\x00\
                     \x91\x00\x40\xa6\x2d\x01\x0b\x00\x00\x00";
        assert_eq!(decompress("gzip", gzip, 100).unwrap(), &b"hello hello"[..]);
    }

    #[test]
    fn a_body_as_it_is_is_not_copied() {
        for encoding in ["", "identity", " Identity "] {
            assert!(matches!(decompress(encoding, b"abc", 3), Ok(Cow::Borrowed(b"abc"))));
            assert_eq!(decompress(encoding, b"abc", 2), Err(BodyError::TooLarge { limit: 2 }));
        }
    }

    #[test]
    fn an_empty_body_is_empty_in_every_encoding() {
        for encoding in ["gzip", "deflate", "identity"] {
            assert_eq!(decompress(encoding, b"", 0).unwrap(), &b""[..]);
        }
        assert_eq!(decompress("gzip", &gzip(b""), 0).unwrap(), &b""[..]);
    }

    #[test]
    fn several_members_of_gzip_are_one_body() {
        let both = [gzip(b"one "), gzip(b"two")].concat();
        assert_eq!(decompress("X-GZIP", &both, 7).unwrap(), &b"one two"[..]);
        assert_eq!(decompress("gzip", &both, 6), Err(BodyError::TooLarge { limit: 6 }));
    }

    #[test]
    fn a_bomb_is_refused_at_the_limit() {
        let bomb = gzip(&vec![0; 50_000_000]);
        assert!(bomb.len() < 100_000);
        assert_eq!(decompress("gzip", &bomb, 1000), Err(BodyError::TooLarge { limit: 1000 }));
        let exact = gzip(&[0; 1000]);
        assert_eq!(decompress("gzip", &exact, 1000).unwrap().len(), 1000);
        assert_eq!(decompress("gzip", &exact, 999), Err(BodyError::TooLarge { limit: 999 }));
    }

    #[test]
    fn an_encoding_that_is_not_known_is_named() {
        for encoding in ["br", "gzip, gzip", "zstd"] {
            let error = decompress(encoding, b"", 10).unwrap_err();
            assert_eq!(error.to_string(), format!("content encoding `{encoding}` is not known"));
        }
    }

    #[test]
    fn a_torn_body_is_an_error_wherever_it_is_cut() {
        let body: Vec<u8> = (0..=255).cycle().take(1000).collect();
        for (encoding, whole) in
            [("gzip", gzip(&body)), ("deflate", zlib(&body, 6)), ("deflate", raw(&body, 6))]
        {
            for end in 1..whole.len() {
                let cut = decompress(encoding, &whole[..end], 2000);
                assert!(matches!(cut, Err(BodyError::Torn { .. })), "{encoding} cut at {end}");
            }
        }
        let mut flipped = gzip(&body);
        let check = flipped.len() - 6;
        flipped[check] ^= 1;
        let error = decompress("gzip", &flipped, 2000).unwrap_err().to_string();
        assert!(error.starts_with("body is no whole gzip: "), "{error}");
    }

    proptest! {
        #[test]
        fn a_body_is_what_it_was_before_compression(
            body in prop::collection::vec(prop_oneof![any::<u8>(), Just(0)], 0..600),
            level in 0_u32..10,
        ) {
            let (zlib, raw) = (zlib(&body, level), raw(&body, level));
            for (encoding, bytes) in [("gzip", gzip(&body)), ("deflate", zlib), ("deflate", raw)] {
                let read = decompress(encoding, &bytes, 600).map(Cow::into_owned);
                prop_assert_eq!(read.as_deref(), Ok(&body[..]));
            }
        }

        #[test]
        fn any_bytes_are_a_body_within_the_limit_or_an_error(
            bytes in prop::collection::vec(any::<u8>(), 0..100),
        ) {
            for encoding in ["gzip", "deflate"] {
                if let Ok(body) = decompress(encoding, &bytes, 50) {
                    prop_assert!(body.len() <= 50);
                }
            }
        }
    }
}
