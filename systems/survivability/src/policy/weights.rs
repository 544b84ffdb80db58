//! Files of weights in the safetensors format, our own and those converted from PyTorch.
//! `docs/weights.md` says what they hold.
//!
//! A pickle is never read: reading one runs what it says.

mod header;
mod names;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use safetensors::Dtype;
use safetensors::tensor::TensorInfo;
use thiserror::Error;

use self::header::Header;
use self::names::{Part, Style};
use super::input::{FEATURE_SCHEMA_VERSION, width};
use super::learned::{Kind, Model};
use super::matrix::transpose;
use super::network::{Layer, Network};

/// What the file has to hold, where the configuration says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub kind: Option<Kind>,
    pub k: Option<usize>,
}

#[derive(Debug, Error)]
#[error("weights `{file}`: {fault}")]
pub struct WeightsError {
    pub file: String,
    pub fault: Fault,
}

#[derive(Debug, Error)]
pub enum Fault {
    #[error("could not be read: {0}")]
    Read(std::io::Error),
    #[error("could not be written: {0}")]
    Write(std::io::Error),
    #[error("more than {LARGEST} bytes")]
    Large,
    #[error(
        "a pickle of PyTorch, which is never read because reading it can run any code; convert it \
         as systems/survivability/docs/weights.md says"
    )]
    Pickle,
    #[error("not a safetensors file: {0}")]
    Format(String),
    #[error("metadata `{key}` is `{found}`, not {expected}")]
    Metadata { key: &'static str, found: String, expected: String },
    #[error("unknown tensor `{0}`; layers are named fc1, fc2, ... or 0, 2, ... or actor.0, ...")]
    UnknownTensor(String),
    #[error("tensor `{0}` is named in another way than those before it")]
    MixedNames(String),
    #[error("tensor `{0}` is missing")]
    MissingTensor(String),
    #[error("no tensors")]
    Empty,
    #[error("tensor `{tensor}` holds {found}, not F32 or F64")]
    Type { tensor: String, found: String },
    #[error("tensor `{tensor}` has the shape {found:?}, not {expected}")]
    Shape { tensor: String, found: Vec<usize>, expected: String },
    #[error("tensor `{tensor}` holds {found} at {index}, not a finite number of f32")]
    NotFinite { tensor: String, index: usize, found: f64 },
    #[error("{inputs} inputs and {k} outputs, but {k} candidates take {} inputs", width(*k))]
    Inputs { inputs: usize, k: usize },
    #[error("a network for {found} candidates, where {wanted} are asked for")]
    Candidates { found: usize, wanted: usize },
    #[error("a network of kind `{found}`, where `{wanted}` is asked for")]
    Kind { found: &'static str, wanted: &'static str },
    #[error("{0} layers named by number: not clear whether `bc` or `iql`; add the metadata `kind`")]
    UnclearKind(usize),
}

/// Far more than any policy needs; a larger file is a mistake.
const LARGEST: usize = 64 << 20;

/// Reads a file of weights.
pub fn load(path: &Path, wanted: Wanted) -> Result<Model, WeightsError> {
    let file = path.display().to_string();
    match contents(path) {
        Ok(bytes) => read(&file, &bytes, wanted),
        Err(fault) => Err(WeightsError { file, fault }),
    }
}

/// Reads weights from bytes; the name of the file is for messages.
pub fn read(file: &str, bytes: &[u8], wanted: Wanted) -> Result<Model, WeightsError> {
    parse(bytes, wanted).map_err(|fault| WeightsError { file: file.to_owned(), fault })
}

/// Writes a file of weights.
pub fn save(path: &Path, model: &Model) -> Result<(), WeightsError> {
    let fault = |error| WeightsError { file: path.display().to_string(), fault: error };
    fs::write(path, to_bytes(model)).map_err(|error| fault(Fault::Write(error)))
}

/// The same model gives the same bytes.
#[must_use]
pub fn to_bytes(model: &Model) -> Vec<u8> {
    let style = Style::of(model.kind());
    let mut tensors: BTreeMap<String, (Vec<usize>, Vec<f32>)> = BTreeMap::new();
    let mut rows = Vec::new();
    for (index, layer) in model.network().layers().iter().enumerate() {
        transpose(layer.weights(), layer.inputs(), layer.outputs(), &mut rows);
        let shape = vec![layer.outputs(), layer.inputs()];
        tensors.insert(style.name(index, Part::Weight), (shape, rows.clone()));
        let biases = layer.biases().to_vec();
        tensors.insert(style.name(index, Part::Bias), (vec![layer.outputs()], biases));
    }
    let metadata = [
        ("feature_schema_version", FEATURE_SCHEMA_VERSION.to_string()),
        ("hidden", list(&model.network().hidden())),
        ("k", model.k().to_string()),
        ("kind", model.kind().name().to_owned()),
    ];
    header::write(&metadata, &tensors)
}

fn contents(path: &Path) -> Result<Vec<u8>, Fault> {
    let file = fs::File::open(path).map_err(Fault::Read)?;
    let mut bytes = Vec::new();
    file.take(LARGEST as u64 + 1).read_to_end(&mut bytes).map_err(Fault::Read)?;
    if bytes.len() > LARGEST { Err(Fault::Large) } else { Ok(bytes) }
}

fn parse(bytes: &[u8], wanted: Wanted) -> Result<Model, Fault> {
    let header = header::read(bytes).map_err(|reason| explain(bytes, reason))?;
    let (style, layers) = layers(&header)?;
    let network = Network::new(layers);
    let (inputs, k) = (network.inputs(), network.outputs());
    if k.checked_mul(5).and_then(|of_paths| of_paths.checked_add(5)) != Some(inputs) {
        return Err(Fault::Inputs { inputs, k });
    }
    check_metadata(&header, &network)?;
    if let Some(wanted) = wanted.k
        && wanted != k
    {
        return Err(Fault::Candidates { found: k, wanted });
    }
    let kind = kind(&header, style, network.layers().len(), wanted.kind)?;
    Ok(Model::new(kind, network))
}

/// A pickle begins with its protocol, and what PyTorch writes today is a zip archive of one. Asked
/// only when the file is not safetensors, whose first bytes are a length and may look like either.
fn explain(bytes: &[u8], reason: String) -> Fault {
    match bytes {
        [b'P', b'K', 3 | 5 | 7, 4 | 6 | 8, ..] | [0x80, 2..=5, ..] => Fault::Pickle,
        _ => Fault::Format(reason),
    }
}

/// The layers in order, and how the file names them.
fn layers(header: &Header) -> Result<(Style, Vec<Layer>), Fault> {
    let mut parts: BTreeMap<(usize, Part), (&str, &TensorInfo)> = BTreeMap::new();
    let mut style = None;
    for (name, tensor) in &header.tensors {
        let place = names::place(name).ok_or_else(|| Fault::UnknownTensor(name.clone()))?;
        if *style.get_or_insert(place.style) != place.style {
            return Err(Fault::MixedNames(name.clone()));
        }
        parts.insert((place.layer, place.part), (name, tensor));
    }
    let style = style.ok_or(Fault::Empty)?;
    let last = parts.last_key_value().map_or(0, |((layer, _), _)| *layer);
    let mut layers: Vec<Layer> = Vec::new();
    for index in 0..=last {
        let part = |part| {
            let found = parts.get(&(index, part)).copied();
            found.ok_or_else(|| Fault::MissingTensor(style.name(index, part)))
        };
        let (weight, bias) = (part(Part::Weight)?, part(Part::Bias)?);
        layers.push(layer(header, weight, bias, layers.last().map(Layer::outputs))?);
    }
    Ok((style, layers))
}

/// A layer from its tensors. `before` is how wide the layer before it is.
fn layer(
    header: &Header,
    (weight_name, weight): (&str, &TensorInfo),
    (bias_name, bias): (&str, &TensorInfo),
    before: Option<usize>,
) -> Result<Layer, Fault> {
    let shape_fault = |name: &str, tensor: &TensorInfo, expected: String| Fault::Shape {
        tensor: name.to_owned(),
        found: tensor.shape.clone(),
        expected,
    };
    let (outputs, inputs) = match (weight.shape.as_slice(), before) {
        (&[outputs, inputs], None) if outputs > 0 && inputs > 0 => (outputs, inputs),
        (&[outputs, inputs], Some(before)) if outputs > 0 && inputs == before => (outputs, inputs),
        (_, None) => return Err(shape_fault(weight_name, weight, "[outputs, inputs]".to_owned())),
        (_, Some(before)) => {
            return Err(shape_fault(weight_name, weight, format!("[outputs, {before}]")));
        }
    };
    if bias.shape != [outputs] {
        return Err(shape_fault(bias_name, bias, format!("[{outputs}]")));
    }
    let rows = numbers(header, weight_name, weight)?;
    let mut weights = Vec::new();
    transpose(&rows, outputs, inputs, &mut weights);
    Ok(Layer::new(inputs, weights, numbers(header, bias_name, bias)?))
}

fn numbers(header: &Header, name: &str, tensor: &TensorInfo) -> Result<Vec<f32>, Fault> {
    let bytes = header.data(tensor);
    let numbers: Vec<f64> = match tensor.dtype {
        Dtype::F32 => {
            bytes.as_chunks().0.iter().map(|b| f64::from(f32::from_le_bytes(*b))).collect()
        }
        Dtype::F64 => bytes.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b)).collect(),
        other => {
            let found = format!("{other:?}");
            return Err(Fault::Type { tensor: name.to_owned(), found });
        }
    };
    // An f64 can be finite and yet too large for f32.
    if let Some(index) = numbers.iter().position(|number| !(*number as f32).is_finite()) {
        return Err(Fault::NotFinite { tensor: name.to_owned(), index, found: numbers[index] });
    }
    Ok(numbers.iter().map(|number| *number as f32).collect())
}

/// What the metadata says must be so; what it leaves out is not asked for.
fn check_metadata(header: &Header, network: &Network) -> Result<(), Fault> {
    let expected = [
        ("feature_schema_version", FEATURE_SCHEMA_VERSION.to_string()),
        ("hidden", list(&network.hidden())),
        ("k", network.outputs().to_string()),
    ];
    for (key, expected) in expected {
        match header.metadata(key) {
            Some(found) if found != expected => {
                let expected = format!("`{expected}`");
                return Err(Fault::Metadata { key, found: found.to_owned(), expected });
            }
            _ => {}
        }
    }
    Ok(())
}

/// The kind by the metadata, else by the names, else by what is asked for, else by the number of
/// layers that each kind usually has.
fn kind(header: &Header, style: Style, layers: usize, wanted: Option<Kind>) -> Result<Kind, Fault> {
    let said = match header.metadata("kind") {
        None => None,
        Some(name) => Some(Kind::from_name(name).ok_or_else(|| Fault::Metadata {
            key: "kind",
            found: name.to_owned(),
            expected: "`bc` or `iql`".to_owned(),
        })?),
    };
    let usual = match layers {
        3 => Some(Kind::BehaviourCloning),
        2 => Some(Kind::ImplicitQ),
        _ => None,
    };
    let kind = match (said, style.kind()) {
        (Some(said), Some(named)) if said != named => {
            return Err(Fault::Metadata {
                key: "kind",
                found: said.name().to_owned(),
                expected: format!("`{}` as the names of the tensors are", named.name()),
            });
        }
        (said, named) => said.or(named).or(wanted).or(usual),
    };
    match (kind, wanted) {
        (None, _) => Err(Fault::UnclearKind(layers)),
        (Some(found), Some(wanted)) if found != wanted => {
            Err(Fault::Kind { found: found.name(), wanted: wanted.name() })
        }
        (Some(kind), _) => Ok(kind),
    }
}

fn list(widths: &[usize]) -> String {
    widths.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests;
