//! Weights as safetensors: `weight` is `[outputs, inputs]` and `bias` is `[outputs]`, both F32, as
//! PyTorch has them; heads and kept positions are in the metadata as `attention`.

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::linear::Linear;
use super::network::{Architecture, Network};
use crate::error::Error;

impl Network {
    /// A file of the network. The same weights give the same bytes.
    #[must_use]
    pub fn to_safetensors(&self) -> Vec<u8> {
        let mut tensors = Vec::new();
        for (name, layer) in self.layers.all() {
            let (weights, bias) = layer.parts(self.values());
            let turned = transpose(weights, layer.inputs, layer.outputs);
            tensors.push((format!("{name}.weight"), vec![layer.outputs, layer.inputs], turned));
            tensors.push((format!("{name}.bias"), vec![layer.outputs], bias.to_vec()));
        }
        let bytes: Vec<Vec<u8>> = tensors
            .iter()
            .map(|(_, _, values)| values.iter().flat_map(|value| value.to_le_bytes()).collect())
            .collect();
        let views = tensors.iter().zip(&bytes).map(|((name, shape, _), bytes)| {
            let view = TensorView::new(Dtype::F32, shape.clone(), bytes);
            (name.as_str(), view.expect("a tensor is as long as its shape says"))
        });
        let Architecture { heads, kept, .. } = self.architecture();
        // One entry: several would be written in the order of a hash.
        let metadata = [("attention".to_owned(), format!("{heads},{kept}"))];
        safetensors::serialize(views, Some(metadata.into_iter().collect()))
            .expect("tensors of these names and shapes fit a file")
    }

    /// Refuses a file that is not one of such a network, whole and finite.
    pub fn from_safetensors(bytes: &[u8]) -> Result<Network, Error> {
        let not_read = |reason| Error::Shape(format!("no safetensors file: {reason}"));
        let file = SafeTensors::deserialize(bytes).map_err(not_read)?;
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(not_read)?;
        let metadata = header.metadata().as_ref();
        let attention = metadata.and_then(|metadata| attention(metadata.get("attention")?));
        let Some((heads, kept)) = attention else {
            let text = "the metadata's `attention` must be heads and kept positions: `1,4`";
            return Err(Error::Shape(text.to_owned()));
        };
        let first = tensor(&file, "input.weight")?;
        let [hidden, inputs] = first.shape() else {
            let text = format!("`input.weight` is {:?}, but must be a matrix", first.shape());
            return Err(Error::Shape(text));
        };
        let (inputs, hidden) = (*inputs, *hidden);
        let architecture = Architecture { inputs, hidden, heads, kept };
        let mut network = Network::zeros(architecture)?;
        let layers = network.layers.all();
        if file.len() != 2 * layers.len() {
            let text = format!("{} tensors, but there must be {}", file.len(), 2 * layers.len());
            return Err(Error::Shape(text));
        }
        for (name, layer) in layers {
            read(&file, name, layer, &mut network.parameters)?;
        }
        Ok(network)
    }
}

/// Heads and kept positions.
fn attention(text: &str) -> Option<(usize, usize)> {
    let (heads, kept) = text.split_once(',')?;
    Some((heads.parse().ok()?, kept.parse().ok()?))
}

fn read(
    file: &SafeTensors<'_>,
    name: &str,
    layer: Linear,
    parameters: &mut [f32],
) -> Result<(), Error> {
    let turned = numbers(file, &format!("{name}.weight"), &[layer.outputs, layer.inputs])?;
    let bias = numbers(file, &format!("{name}.bias"), &[layer.outputs])?;
    let (weights, biases) = layer.parts_mut(parameters);
    weights.copy_from_slice(&transpose(&turned, layer.outputs, layer.inputs));
    biases.copy_from_slice(&bias);
    Ok(())
}

fn numbers(file: &SafeTensors<'_>, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
    let tensor = tensor(file, name)?;
    if tensor.dtype() != Dtype::F32 || tensor.shape() != shape {
        let (kind, found) = (tensor.dtype(), tensor.shape());
        let text = format!("`{name}` is {kind:?} {found:?}, but must be F32 {shape:?}");
        return Err(Error::Shape(text));
    }
    let (chunks, _) = tensor.data().as_chunks();
    let numbers: Vec<f32> = chunks.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    match numbers.iter().position(|number| !number.is_finite()) {
        Some(index) => Err(Error::Shape(format!("number {index} of `{name}` is not finite"))),
        None => Ok(numbers),
    }
}

fn tensor<'a>(file: &SafeTensors<'a>, name: &str) -> Result<TensorView<'a>, Error> {
    file.tensor(name).map_err(|_| Error::Shape(format!("there is no tensor `{name}`")))
}

/// From `rows` rows to as many columns.
fn transpose(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    (0..rows * columns).map(|index| values[index % rows * columns + index / rows]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network() -> Network {
        Network::build(Architecture { inputs: 3, hidden: 8, heads: 2, kept: 5 }, 11).unwrap()
    }

    fn refused(bytes: &[u8]) -> String {
        Network::from_safetensors(bytes).unwrap_err().to_string()
    }

    #[test]
    fn a_network_comes_back_from_its_file_bit_by_bit() {
        let bytes = network().to_safetensors();
        assert_eq!(Network::from_safetensors(&bytes).unwrap(), network());
        assert!(network().to_safetensors() == bytes, "the bytes differ");
    }

    #[test]
    fn a_weight_lies_in_the_file_by_output_and_then_by_input() {
        let network = network();
        let bytes = network.to_safetensors();
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let numbers = numbers(&file, "input.weight", &[8, 3]).unwrap();
        let (weights, _) = network.layers.input.parts(network.values());
        assert_eq!(numbers[5 * 3 + 1].to_bits(), weights[8 + 5].to_bits());
    }

    #[test]
    fn a_file_that_was_cut_off_or_is_none_is_refused() {
        let bytes = network().to_safetensors();
        for length in [0, 7, 8, 100, bytes.len() - 1] {
            assert!(refused(&bytes[..length]).starts_with("no safetensors file"), "{length}");
        }
        assert!(Network::from_safetensors(&[0xff; 64]).is_err());
    }

    #[test]
    fn a_file_that_does_not_say_how_its_attention_looks_is_refused() {
        for text in ["", "1", "1;4", "x,4", "1,-4", "1,4,2"] {
            assert_eq!(attention(text), None, "{text}");
        }
        let view = TensorView::new(Dtype::F32, vec![1], &[0; 4]).unwrap();
        let bytes = safetensors::serialize([("input.weight", view)], None).unwrap();
        assert!(refused(&bytes).starts_with("the metadata's `attention`"));
    }

    #[test]
    fn a_weight_that_is_not_finite_is_refused_by_its_name() {
        let mut network = network();
        let (_, bias) = network.layers.last.parts_mut(&mut network.parameters);
        bias[0] = f32::NAN;
        assert_eq!(refused(&network.to_safetensors()), "number 0 of `last.bias` is not finite");
    }

    #[test]
    fn tensors_of_another_network_are_refused() {
        let values = [0; 16];
        let file = |name: &str, shape: Vec<usize>| {
            let view = TensorView::new(Dtype::F32, shape, &values).unwrap();
            let metadata = [("attention".to_owned(), "1,4".to_owned())];
            safetensors::serialize([(name, view)], Some(metadata.into_iter().collect())).unwrap()
        };
        assert_eq!(refused(&file("other", vec![4])), "there is no tensor `input.weight`");
        assert!(refused(&file("input.weight", vec![4])).contains("must be a matrix"));
        let lonely = "1 tensors, but there must be 16";
        assert_eq!(refused(&file("input.weight", vec![2, 2])), lonely);
        assert!(refused(&file("input.weight", vec![1, 4])).contains("`hidden` is 1"));
    }
}
