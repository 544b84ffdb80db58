//! The frame of a safetensors file: a length of eight bytes, a header in JSON, then the tensors.
//!
//! The header is checked by the `safetensors` crate, but not read or written by it: it adds offsets
//! without asking whether they overflow, and writes metadata in an order that changes.

use std::collections::BTreeMap;

use safetensors::tensor::{Metadata, TensorInfo};
use serde_json::{Map, Value, json};

/// A header that agrees with the bytes behind it.
pub(super) struct Header<'a> {
    pub(super) tensors: BTreeMap<String, TensorInfo>,
    metadata: Metadata,
    data: &'a [u8],
}

impl Header<'_> {
    pub(super) fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata.metadata().as_ref()?.get(key).map(String::as_str)
    }

    /// The bytes of a tensor of this header.
    pub(super) fn data(&self, tensor: &TensorInfo) -> &[u8] {
        &self.data[tensor.data_offsets.0..tensor.data_offsets.1]
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<Header<'_>, String> {
    let (length, rest) = bytes.split_first_chunk().ok_or("shorter than eight bytes")?;
    let length = u64::from_le_bytes(*length);
    let parts = usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length));
    let (header, data) =
        parts.ok_or_else(|| format!("a header of {length} bytes, where {} follow", rest.len()))?;
    let metadata: Metadata =
        serde_json::from_slice(header).map_err(|error| format!("its header: {error}"))?;
    // The crate has checked that the tensors lie one behind the other, from 0 and without a gap.
    if metadata.data_len() != data.len() {
        let (said, found) = (metadata.data_len(), data.len());
        return Err(format!("a header for {said} bytes of tensors, where {found} follow"));
    }
    let tensors = metadata.tensors().into_iter().map(|(name, info)| (name, info.clone())).collect();
    Ok(Header { tensors, metadata, data })
}

/// Tensors of F32 in the order of their names.
pub(super) fn write(
    metadata: &[(&str, String)],
    tensors: &BTreeMap<String, (Vec<usize>, Vec<f32>)>,
) -> Vec<u8> {
    let metadata: Map<String, Value> =
        metadata.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
    let mut header = Map::new();
    header.insert("__metadata__".to_owned(), Value::Object(metadata));
    let mut data = Vec::new();
    for (name, (shape, numbers)) in tensors {
        let start = data.len();
        data.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        let offsets = [start, data.len()];
        // In alphabetical order, which is then the order with any feature of `serde_json`.
        let entry = json!({"data_offsets": offsets, "dtype": "F32", "shape": shape});
        header.insert(name.clone(), entry);
    }
    let mut header = Value::Object(header).to_string().into_bytes();
    // So that the numbers lie at multiples of eight bytes.
    header.resize(header.len().next_multiple_of(8), b' ');
    [&(header.len() as u64).to_le_bytes()[..], &header, &data].concat()
}
