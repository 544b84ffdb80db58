//! Training: step by step by Adam, and with plasticity after each step if that is on.

use super::adam::Adam;
use super::network::{Batch, Network};
use super::plasticity::Plasticity;
use super::real::Real;
use super::workspace::Workspace;
use crate::error::Error;

/// A network with all that its training needs.
#[derive(Clone, Debug)]
pub struct Trainer<T = f32> {
    network: Network<T>,
    adam: Adam<T>,
    plasticity: Option<Plasticity>,
    work: Workspace<T>,
    gradients: Vec<T>,
    steps: usize,
}

impl<T: Real> Trainer<T> {
    /// Without plasticity.
    #[must_use]
    pub fn new(network: Network<T>, adam: Adam<T>) -> Trainer<T> {
        let work = Workspace::default();
        Trainer { network, adam, plasticity: None, work, gradients: Vec::new(), steps: 0 }
    }

    pub fn with_plasticity(mut self, plasticity: Plasticity) -> Result<Trainer<T>, Error> {
        plasticity.validate()?;
        self.plasticity = Some(plasticity);
        Ok(self)
    }

    #[must_use]
    pub fn network(&self) -> &Network<T> {
        &self.network
    }

    #[must_use]
    pub fn into_network(self) -> Network<T> {
        self.network
    }

    /// Learns from a batch, and gives the mean squared error there was before.
    pub fn step(&mut self, batch: Batch<'_, T>, targets: &[T]) -> Result<T, Error> {
        let loss = self.network.gradients(batch, targets, &mut self.work, &mut self.gradients)?;
        if !loss.is_finite() {
            let count = self.work.output.iter().filter(|output| !output.is_finite()).count();
            return Err(Error::NotFinite { field: "output", step: self.steps, count });
        }
        self.adam.step(&mut self.network.parameters, &self.gradients);
        if let Some(plasticity) = &self.plasticity {
            plasticity.apply(&mut self.network, &self.work, batch.sequence)?;
        }
        self.steps += 1;
        Ok(loss)
    }

    /// The mean squared error, from which nothing is learned.
    pub fn loss(&mut self, batch: Batch<'_, T>, targets: &[T]) -> Result<f64, Error> {
        let outputs = self.network.forward(batch, &mut self.work)?;
        if outputs.len() != targets.len() {
            let text = format!("{} targets for {} items", targets.len(), outputs.len());
            return Err(Error::Shape(text));
        }
        let square = |(output, target): (&T, &T)| {
            let difference = output.wide() - target.wide();
            difference * difference
        };
        let sum: f64 = outputs.iter().zip(targets).map(square).sum();
        Ok(sum / targets.len() as f64)
    }
}
