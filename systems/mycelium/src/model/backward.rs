//! The way back: the derivatives of the mean squared error by every parameter.

use super::attention::{Projected, ProjectedGradients};
use super::network::{Batch, Network};
use super::real::Real;
use super::workspace::{Back, Workspace};
use crate::error::Error;

impl<T: Real> Network<T> {
    /// The mean squared error, and its gradients in `gradients`, which is made as long as need be.
    pub fn gradients(
        &self,
        batch: Batch<'_, T>,
        targets: &[T],
        work: &mut Workspace<T>,
        gradients: &mut Vec<T>,
    ) -> Result<T, Error> {
        self.forward(batch, work)?;
        if targets.len() != batch.size {
            let text = format!("{} targets for {} items", targets.len(), batch.size);
            return Err(Error::Shape(text));
        }
        zeros(gradients, self.parameters.len());
        let loss = squared_error(&work.output, targets, &mut work.back.output);
        self.back_from_output(work, gradients, batch.sequence);
        if batch.sequence == 1 {
            self.back_through_value(work, gradients);
        } else {
            self.back_through_attention(work, gradients, batch.sequence);
        }
        let Workspace { scratch, back, .. } = work;
        self.layers.input.backward(batch.values, &back.embedded, gradients, scratch);
        Ok(loss)
    }

    /// To what the attention gave.
    fn back_from_output(&self, work: &mut Workspace<T>, gradients: &mut [T], sequence: usize) {
        let (layers, all) = (&self.layers, self.parameters.as_slice());
        let Workspace { scratch, first, second, mean, mixed, back, .. } = work;
        layers.last.backward(second, &back.output, gradients, scratch);
        zeros(&mut back.second, second.len());
        layers.last.backward_input(all, &back.output, &mut back.second, scratch);
        stop(&mut back.second, second);
        layers.second.backward(first, &back.second, gradients, scratch);
        zeros(&mut back.first, first.len());
        layers.second.backward_input(all, &back.second, &mut back.first, scratch);
        stop(&mut back.first, first);
        if sequence == 1 {
            layers.first.backward(mixed, &back.first, gradients, scratch);
            zeros(&mut back.mixed, mixed.len());
            layers.first.backward_input(all, &back.first, &mut back.mixed, scratch);
        } else {
            layers.first.backward(mean, &back.first, gradients, scratch);
            zeros(&mut back.mean, mean.len());
            layers.first.backward_input(all, &back.first, &mut back.mean, scratch);
            spread(back, sequence, layers.first.inputs);
        }
    }

    /// With one position the attention is the value; queries and keys change nothing.
    fn back_through_value(&self, work: &mut Workspace<T>, gradients: &mut [T]) {
        let (layers, all) = (&self.layers, self.parameters.as_slice());
        let Workspace { scratch, embedded, value, back, .. } = work;
        layers.mixed.backward(value, &back.mixed, gradients, scratch);
        zeros(&mut back.value, value.len());
        layers.mixed.backward_input(all, &back.mixed, &mut back.value, scratch);
        layers.value.backward(embedded, &back.value, gradients, scratch);
        zeros(&mut back.embedded, embedded.len());
        layers.value.backward_input(all, &back.value, &mut back.embedded, scratch);
    }

    fn back_through_attention(
        &self,
        work: &mut Workspace<T>,
        gradients: &mut [T],
        sequence: usize,
    ) {
        let (layers, all) = (&self.layers, self.parameters.as_slice());
        let Workspace { scratch, embedded, query, key, value, attended, back, .. } = work;
        layers.mixed.backward(&attended.context, &back.mixed, gradients, scratch);
        for gradient in [&mut back.context, &mut back.query, &mut back.key, &mut back.value] {
            zeros(gradient, value.len());
        }
        layers.mixed.backward_input(all, &back.mixed, &mut back.context, scratch);
        let mut to = ProjectedGradients {
            query: &mut back.query,
            key: &mut back.key,
            value: &mut back.value,
        };
        let from = Projected { query, key, value, sequence };
        self.attention().backward(from, attended, &back.context, &mut to);
        zeros(&mut back.embedded, embedded.len());
        let projections =
            [(layers.query, &back.query), (layers.key, &back.key), (layers.value, &back.value)];
        for (layer, projected) in projections {
            layer.backward(embedded, projected, gradients, scratch);
            layer.backward_input(all, projected, &mut back.embedded, scratch);
        }
    }
}

/// The mean of the squared differences, and its derivative by each output.
fn squared_error<T: Real>(outputs: &[T], targets: &[T], slopes: &mut Vec<T>) -> T {
    let share = T::of(1.0 / outputs.len() as f64);
    let double = share + share;
    slopes.clear();
    let mut sum = T::ZERO;
    for (output, target) in outputs.iter().zip(targets) {
        let difference = *output - *target;
        sum += difference * difference;
        slopes.push(double * difference);
    }
    sum * share
}

/// ReLU lets no gradient through where it gave zero.
fn stop<T: Real>(gradients: &mut [T], outputs: &[T]) {
    for (gradient, output) in gradients.iter_mut().zip(outputs) {
        *gradient = if *output > T::ZERO { *gradient } else { T::ZERO };
    }
}

/// From the gradient of a mean row to each row of its sequence.
fn spread<T: Real>(back: &mut Back<T>, sequence: usize, width: usize) {
    let share = T::of(1.0 / sequence as f64);
    back.mixed.clear();
    for row in back.mean.chunks_exact(width) {
        (0..sequence).for_each(|_| back.mixed.extend(row.iter().map(|value| *value * share)));
    }
}

fn zeros<T: Real>(values: &mut Vec<T>, length: usize) {
    values.clear();
    values.resize(length, T::ZERO);
}
