//! The optimizer Adam (Kingma and Ba, 2015), as PyTorch has it: no weight decay, and the small
//! constant added after the root is corrected for its bias.

use super::real::Real;
use crate::error::Error;
use crate::wide::{Simd, Work, widely};

/// How fast it goes, and what it remembers of the gradients it saw.
#[derive(Clone, Debug, PartialEq)]
pub struct Adam<T = f32> {
    rate: f64,
    /// The powers of the decays, one factor a step.
    powers: (f64, f64),
    means: Vec<T>,
    squares: Vec<T>,
}

const DECAYS: (f64, f64) = (0.9, 0.999);
const EPSILON: f64 = 1e-8;
/// Gradients, means and squares below these count as zero. Beside the small constant they move
/// nothing, but what is left of a mean whose gradient has ceased is soon a subnormal number, and
/// those take a processor a hundred times as long.
const LEAST: (f64, f64, f64) = (1e-17, 1e-25, 1e-33);

impl<T: Real> Adam<T> {
    pub fn new(rate: f64) -> Result<Adam<T>, Error> {
        if !(rate > 0.0 && rate <= 1.0) {
            return Err(Error::out_of_range("rate", rate, "above 0 and at most 1"));
        }
        Ok(Adam { rate, powers: (1.0, 1.0), means: Vec::new(), squares: Vec::new() })
    }

    /// Moves the parameters, of which there are as many each time, against their gradients.
    ///
    /// # Panics
    ///
    /// If there are not as many gradients, or not as many as before.
    pub fn step(&mut self, parameters: &mut [T], gradients: &[T]) {
        if self.means.is_empty() {
            self.means.resize(parameters.len(), T::ZERO);
            self.squares.resize(parameters.len(), T::ZERO);
        }
        assert_eq!(parameters.len(), gradients.len(), "each parameter has its gradient");
        assert_eq!(parameters.len(), self.means.len(), "the parameters are those of before");
        self.powers.0 *= DECAYS.0;
        self.powers.1 *= DECAYS.1;
        let (pace, root) = (self.rate / (1.0 - self.powers.0), 1.0 / (1.0 - self.powers.1).sqrt());
        let Adam { means, squares, .. } = self;
        let (pace, root) = (T::of(pace), T::of(root));
        widely(Move { pace, root, parameters, gradients, means, squares });
    }
}

/// One step of all parameters.
struct Move<'a, T> {
    pace: T,
    root: T,
    parameters: &'a mut [T],
    gradients: &'a [T],
    means: &'a mut [T],
    squares: &'a mut [T],
}

impl<T: Real> Work for Move<'_, T> {
    type Output = ();

    #[inline(always)]
    fn work<S: Simd>(self) {
        let (decay, square_decay) = (T::of(DECAYS.0), T::of(DECAYS.1));
        let (rest, square_rest) = (T::of(1.0 - DECAYS.0), T::of(1.0 - DECAYS.1));
        let epsilon = T::of(EPSILON);
        let least = (T::of(LEAST.0), T::of(LEAST.1), T::of(LEAST.2));
        let memory = self.means.iter_mut().zip(self.squares);
        for ((parameter, gradient), (mean, square)) in
            self.parameters.iter_mut().zip(self.gradients).zip(memory)
        {
            let gradient = quiet(*gradient, least.0);
            *mean = quiet(decay * *mean + rest * gradient, least.1);
            *square = quiet(square_decay * *square + square_rest * (gradient * gradient), least.2);
            *parameter = *parameter - self.pace * *mean / (square.sqrt() * self.root + epsilon);
        }
    }
}

#[inline(always)]
fn quiet<T: Real>(value: T, least: T) -> T {
    if value < least && value > -least { T::ZERO } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_step_is_as_long_as_the_rate_whatever_the_gradient() {
        for gradient in [1e-3, 1.0, 1e5] {
            let mut parameters = [1.0_f64, 1.0];
            let mut adam = Adam::new(0.01).unwrap();
            adam.step(&mut parameters, &[gradient, -gradient]);
            assert!((parameters[0] - 0.99).abs() < 1e-6 && (parameters[1] - 1.01).abs() < 1e-6);
        }
    }

    #[test]
    fn a_parameter_without_a_gradient_stays() {
        let mut parameters = [0.5_f32];
        let mut adam = Adam::new(0.01).unwrap();
        (0..10).for_each(|_| adam.step(&mut parameters, &[0.0]));
        assert_eq!(parameters[0].to_bits(), 0.5_f32.to_bits());
    }

    #[test]
    fn what_is_remembered_of_a_gradient_that_has_ceased_ends_as_zero() {
        let mut parameters = [0.5_f32];
        let mut adam = Adam::new(0.01).unwrap();
        adam.step(&mut parameters, &[1e-9]);
        for _ in 0..2000 {
            adam.step(&mut parameters, &[0.0]);
            assert!(!adam.means[0].is_subnormal() && !adam.squares[0].is_subnormal());
        }
        assert_eq!(adam.means[0].to_bits(), 0);
    }

    #[test]
    fn a_rate_that_makes_no_sense_is_refused() {
        for rate in [0.0, -0.1, 1.5, f64::NAN, f64::INFINITY] {
            assert!(Adam::<f32>::new(rate).is_err(), "{rate}");
        }
    }
}
