use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::oracle::network;
use crate::policy::learned::LearnedPolicy;
use crate::state::State;

const NAMED: &[u8] = include_bytes!("../../../../../fuzz/seeds/weights/named.safetensors");
const SEQUENTIAL: &[u8] =
    include_bytes!("../../../../../fuzz/seeds/weights/sequential.safetensors");
const ACTOR: &[u8] = include_bytes!("../../../../../fuzz/seeds/weights/actor.safetensors");
const BARE_ACTOR: &[u8] =
    include_bytes!("../../../../../fuzz/seeds/weights/bare_actor.safetensors");

const ANY: Wanted = Wanted { kind: None, k: None };

fn cloned() -> Model {
    Model::new(Kind::BehaviourCloning, network(&[25, 128, 64, 4], 1, 0.4))
}

fn actor() -> Model {
    Model::new(Kind::ImplicitQ, network(&[15, 8, 2], 1, 0.4))
}

/// A file of one's own making: entries are name, type, shape and bytes.
fn file(metadata: &Value, entries: &[(&str, &str, &[usize], Vec<u8>)]) -> Vec<u8> {
    let mut header = json!({"__metadata__": metadata});
    let mut data = Vec::new();
    for (name, dtype, shape, bytes) in entries {
        let end = data.len() + bytes.len();
        header[*name] = json!({"dtype": dtype, "shape": shape, "data_offsets": [data.len(), end]});
        data.extend(bytes);
    }
    let header = header.to_string();
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &data].concat()
}

fn floats(count: usize) -> Vec<u8> {
    (0..count).flat_map(|index| (index as f32).to_le_bytes()).collect()
}

/// One layer for one candidate, from ten inputs.
fn small(metadata: &Value) -> Vec<u8> {
    let entries =
        [("fc1.bias", "F32", &[1][..], floats(1)), ("fc1.weight", "F32", &[1, 10], floats(10))];
    file(metadata, &entries)
}

#[track_caller]
fn refused(bytes: &[u8], wanted: Wanted, expected: &str) {
    let message = read("policy.safetensors", bytes, wanted).unwrap_err().to_string();
    assert_eq!(message, format!("weights `policy.safetensors`: {expected}"));
}

#[test]
fn what_is_saved_is_loaded_and_saved_as_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    for model in [cloned(), actor()] {
        let path = folder.path().join(model.kind().name());
        save(&path, &model).unwrap();
        let wanted = Wanted { kind: Some(model.kind()), k: Some(model.k()) };
        let loaded = load(&path, wanted).unwrap();
        assert_eq!(loaded, model);
        assert_eq!(to_bytes(&loaded), fs::read(&path).unwrap());
    }
}

#[test]
fn the_header_of_our_files_is_the_documented_one() {
    let bytes = to_bytes(&actor());
    let header = &bytes[8..8 + usize::from(bytes[0]) + 256 * usize::from(bytes[1])];
    let expected = concat!(
        r#"{"__metadata__":{"feature_schema_version":"1","hidden":"8","k":"2","kind":"iql"},"#,
        r#""actor.0.bias":{"data_offsets":[0,32],"dtype":"F32","shape":[8]},"#,
        r#""actor.0.weight":{"data_offsets":[32,512],"dtype":"F32","shape":[8,15]},"#,
        r#""actor.2.bias":{"data_offsets":[512,520],"dtype":"F32","shape":[2]},"#,
        r#""actor.2.weight":{"data_offsets":[520,584],"dtype":"F32","shape":[2,8]}}"#
    );
    assert_eq!(std::str::from_utf8(header).unwrap().trim_end(), expected);
    assert!(safetensors::SafeTensors::deserialize(&bytes).is_ok());
}

#[test]
fn files_of_the_python_library_are_read_under_each_way_of_naming() {
    let three = network(&[10, 3, 2, 1], 700, 1.0);
    let two = network(&[15, 4, 2], 800, 1.0);
    for (bytes, kind, network) in [
        (NAMED, Kind::BehaviourCloning, &three),
        (SEQUENTIAL, Kind::BehaviourCloning, &three),
        (ACTOR, Kind::ImplicitQ, &two),
        (BARE_ACTOR, Kind::ImplicitQ, &two),
    ] {
        assert_eq!(read("file", bytes, ANY).unwrap(), Model::new(kind, network.clone()));
    }
}

#[test]
fn one_who_asks_for_a_kind_settles_what_numbers_leave_open() {
    let entries =
        [("0.bias", "F32", &[1][..], floats(1)), ("0.weight", "F32", &[1, 10], floats(10))];
    let bytes = file(&json!({}), &entries);
    for kind in [Kind::BehaviourCloning, Kind::ImplicitQ] {
        let wanted = Wanted { kind: Some(kind), k: None };
        assert_eq!(read("file", &bytes, wanted).unwrap().kind(), kind);
    }
    let unclear = "1 layers named by number: not clear whether `bc` or `iql`; add the metadata \
                   `kind`";
    refused(&bytes, ANY, unclear);
}

#[test]
fn a_pickle_is_refused_with_the_way_out() {
    let way_out = "a pickle of PyTorch, which is never read because reading it can run any code; \
                   convert it as systems/survivability/docs/weights.md says";
    refused(b"PK\x03\x04\x00\x00\x08\x08archive/data.pkl", ANY, way_out);
    refused(b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", ANY, way_out);
    refused(b"\x80\x04cos\nsystem\n", ANY, way_out);
}

/// 640 is 0x0280, and 0x80 0x02 is how a pickle begins.
#[test]
fn a_header_as_long_as_a_pickle_begins_is_no_pickle() {
    let plain = small(&json!({"note": ""}));
    let spare = 640 - u64::from_le_bytes(plain[..8].try_into().unwrap()) as usize;
    let bytes = small(&json!({"note": "n".repeat(spare)}));
    assert_eq!(bytes[..2], [0x80, 0x02]);
    assert!(read("file", &bytes, ANY).is_ok());
}

#[test]
fn a_damaged_frame_is_refused() {
    refused(b"", ANY, "not a safetensors file: shorter than eight bytes");
    let long = "not a safetensors file: a header of 18446744073709551615 bytes, where 2 follow";
    refused(&[255, 255, 255, 255, 255, 255, 255, 255, b'{', b'}'], ANY, long);
    refused(&file(&json!({}), &[]), ANY, "no tensors");
    let mut bytes = small(&json!({}));
    bytes.pop();
    let short = "not a safetensors file: a header for 44 bytes of tensors, where 43 follow";
    refused(&bytes, ANY, short);
}

/// Eight tensors that end just below 2^64: added to the length of the header, that overflows.
#[test]
fn tensors_as_large_as_the_address_space_are_refused() {
    let size = (1_u64 << 61) - 1;
    let mut header = json!({});
    for index in 0..8_u64 {
        let offsets = [index * size, (index + 1) * size];
        header[format!("{index}")] =
            json!({"dtype": "U8", "shape": [size], "data_offsets": offsets});
    }
    let header = header.to_string();
    let bytes = [&(header.len() as u64).to_le_bytes(), header.as_bytes()].concat();
    let expected = "not a safetensors file: a header for 18446744073709551608 bytes of tensors, \
                    where 0 follow";
    refused(&bytes, ANY, expected);
}

#[test]
fn tensors_that_are_unknown_missing_or_mixed_are_named() {
    let layer = |names: [&'static str; 2]| {
        let entries =
            [(names[0], "F32", &[1][..], floats(1)), (names[1], "F32", &[1, 10], floats(10))];
        file(&json!({}), &entries)
    };
    for name in
        ["fc0.weight", "1.weight", "02.weight", "+2.weight", "fc1.gamma", "weight", "q.0.bias"]
    {
        let unknown = format!(
            "unknown tensor `{name}`; layers are named fc1, fc2, ... or 0, 2, ... or actor.0, ..."
        );
        refused(&layer(["fc1.bias", name]), ANY, &unknown);
    }
    refused(&layer(["fc1.bias", "fc2.weight"]), ANY, "tensor `fc1.weight` is missing");
    refused(&layer(["4.bias", "4.weight"]), ANY, "tensor `0.weight` is missing");
    let mixed = "tensor `fc1.weight` is named in another way than those before it";
    refused(&layer(["actor.0.bias", "fc1.weight"]), ANY, mixed);
}

#[test]
fn tensors_of_another_type_or_shape_are_refused_with_what_was_found() {
    let with = |bias: (&str, &[usize], usize), weight: &[usize]| {
        let count = weight.iter().product();
        let entries = [
            ("fc1.bias", bias.0, bias.1, floats(bias.2)),
            ("fc1.weight", "F32", weight, floats(count)),
        ];
        file(&json!({}), &entries)
    };
    let half = "tensor `fc1.bias` holds F16, not F32 or F64";
    refused(&with(("F16", &[2], 1), &[2, 15]), ANY, half);
    let bias = "tensor `fc1.bias` has the shape [3], not [2]";
    refused(&with(("F32", &[3], 3), &[2, 15]), ANY, bias);
    let weight = "tensor `fc1.weight` has the shape [30], not [outputs, inputs]";
    refused(&with(("F32", &[2], 2), &[30]), ANY, weight);
    let none = "tensor `fc1.weight` has the shape [0, 15], not [outputs, inputs]";
    refused(&with(("F32", &[0], 0), &[0, 15]), ANY, none);
    let inputs = "14 inputs and 2 outputs, but 2 candidates take 15 inputs";
    refused(&with(("F32", &[2], 2), &[2, 14]), ANY, inputs);
}

#[test]
fn a_layer_must_be_as_wide_as_the_one_before_it() {
    let entries = [
        ("0.bias", "F32", &[3][..], floats(3)),
        ("0.weight", "F32", &[3, 10], floats(30)),
        ("2.bias", "F32", &[1], floats(1)),
        ("2.weight", "F32", &[1, 4], floats(4)),
    ];
    let expected = "tensor `2.weight` has the shape [1, 4], not [outputs, 3]";
    refused(&file(&json!({}), &entries), ANY, expected);
}

#[test]
fn weights_that_are_not_finite_are_refused() {
    for (dtype, last, found) in [
        ("F32", f32::NAN.to_le_bytes().to_vec(), "NaN"),
        ("F32", f32::NEG_INFINITY.to_le_bytes().to_vec(), "-inf"),
        ("F64", f64::NAN.to_le_bytes().to_vec(), "NaN"),
        ("F64", 1e39_f64.to_le_bytes().to_vec(), "1000000000000000000000000000000000000000"),
    ] {
        let mut weight = vec![0; 9 * last.len()];
        weight.extend(last);
        let entries =
            [("fc1.bias", "F32", &[1][..], floats(1)), ("fc1.weight", dtype, &[1, 10], weight)];
        let expected =
            format!("tensor `fc1.weight` holds {found} at 9, not a finite number of f32");
        refused(&file(&json!({}), &entries), ANY, &expected);
    }
}

#[test]
fn metadata_that_says_otherwise_is_refused() {
    for (metadata, expected) in [
        (json!({"kind": "dqn"}), "metadata `kind` is `dqn`, not `bc` or `iql`"),
        (
            json!({"kind": "iql"}),
            "metadata `kind` is `iql`, not `bc` as the names of the tensors are",
        ),
        (json!({"k": "2"}), "metadata `k` is `2`, not `1`"),
        (json!({"hidden": "64"}), "metadata `hidden` is `64`, not ``"),
        (
            json!({"feature_schema_version": "2"}),
            "metadata `feature_schema_version` is `2`, not `1`",
        ),
    ] {
        refused(&small(&metadata), ANY, expected);
    }
    assert!(read("file", &small(&json!({"author": "somebody", "k": "1"})), ANY).is_ok());
}

#[test]
fn what_is_asked_for_must_be_there() {
    let bytes = to_bytes(&cloned());
    let k = "a network for 4 candidates, where 5 are asked for";
    refused(&bytes, Wanted { kind: None, k: Some(5) }, k);
    let kind = "a network of kind `bc`, where `iql` is asked for";
    refused(&bytes, Wanted { kind: Some(Kind::ImplicitQ), k: Some(4) }, kind);
}

#[test]
fn a_file_that_is_not_there_is_an_error_with_its_path() {
    let message = load(Path::new("no/such/file"), ANY).unwrap_err().to_string();
    assert!(message.starts_with("weights `no/such/file`: could not be read: "), "{message}");
}

/// Whatever is read can be asked, written, and read again as the same.
fn use_if_read(bytes: &[u8]) {
    if let Ok(model) = read("file", bytes, ANY) {
        assert_eq!(read("file", &to_bytes(&model), ANY).unwrap(), model);
        let mask = vec![true; model.k()];
        assert!(LearnedPolicy::new(model).select(&State::default(), &mask).is_some());
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        use_if_read(&bytes);
    }

    #[test]
    fn no_damage_to_a_file_makes_the_reader_panic(
        which in 0..4_usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        end in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = [NAMED, SEQUENTIAL, ACTOR, BARE_ACTOR][which].to_vec();
        for (at, value) in damage {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(end) = end {
            bytes.truncate(end.index(bytes.len()));
        }
        use_if_read(&bytes);
    }
}
