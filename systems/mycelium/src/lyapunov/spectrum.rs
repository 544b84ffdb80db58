//! All exponents of a map or a flow whose equations are known: small differences are carried along
//! an orbit, and made orthogonal again before they all point the same way (Benettin 1980).

use crate::error::Error;

/// How a flow is followed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flow {
    /// Of Runge and Kutta's method.
    pub time_step: f64,
    /// Steps before anything is counted, in which the orbit comes to the attractor.
    pub settle: usize,
    pub steps: usize,
    /// Steps after which differences are made orthogonal.
    pub every: usize,
}

type Matrix<const N: usize> = [[f64; N]; N];

/// Per step, largest first as far as the orbit is long enough. The jacobian's rows are the
/// derivatives of a coordinate after the map.
pub fn of_map<const N: usize>(
    map: impl Fn([f64; N]) -> [f64; N],
    jacobian: impl Fn([f64; N]) -> Matrix<N>,
    start: [f64; N],
    settle: usize,
    steps: usize,
) -> Result<[f64; N], Error> {
    if steps == 0 {
        return Err(Error::out_of_range("steps", steps, "1 or more"));
    }
    let mut state = start;
    check("orbit", &state, 0)?;
    for step in 1..=settle {
        state = map(state);
        check("orbit", &state, step)?;
    }
    let mut tangents = Tangents::new();
    for step in 1..=steps {
        tangents.apply(&jacobian(state));
        tangents.straighten(settle + step)?;
        state = map(state);
        check("orbit", &state, settle + step)?;
    }
    Ok(tangents.logarithms.map(|sum| sum / steps as f64))
}

/// Per unit of time, largest first as far as the orbit is long enough. The jacobian's rows are the
/// derivatives of a coordinate's velocity.
pub fn of_flow<const N: usize>(
    velocity: impl Fn([f64; N]) -> [f64; N],
    jacobian: impl Fn([f64; N]) -> Matrix<N>,
    start: [f64; N],
    flow: &Flow,
) -> Result<[f64; N], Error> {
    let Flow { time_step, settle, steps, every } = *flow;
    if !(time_step.is_finite() && time_step > 0.0) {
        return Err(Error::out_of_range("time_step", time_step, "a finite number above 0"));
    }
    if every == 0 || steps < every {
        return Err(Error::out_of_range("every", every, "from 1 to `steps`"));
    }
    let mut state = start;
    check("orbit", &state, 0)?;
    let mut tangents = Tangents::new();
    for step in 1..=settle {
        state = advance(&velocity, &jacobian, state, &mut tangents.columns, time_step);
        check("orbit", &state, step)?;
        tangents.straighten(step)?;
    }
    tangents.logarithms = [0.0; N];
    for step in settle + 1..=settle + steps {
        state = advance(&velocity, &jacobian, state, &mut tangents.columns, time_step);
        check("orbit", &state, step)?;
        if (step - settle).is_multiple_of(every) || step == settle + steps {
            tangents.straighten(step)?;
        }
    }
    Ok(tangents.logarithms.map(|sum| sum / (steps as f64 * time_step)))
}

/// A step of Runge and Kutta's for the state and the differences together.
fn advance<const N: usize>(
    velocity: &impl Fn([f64; N]) -> [f64; N],
    jacobian: &impl Fn([f64; N]) -> Matrix<N>,
    state: [f64; N],
    columns: &mut Matrix<N>,
    time_step: f64,
) -> [f64; N] {
    let start = *columns;
    let (mut place, mut tangents) = (state, start);
    let mut ahead = state;
    for (reach, weight) in [(0.5, 1.0), (0.5, 2.0), (1.0, 2.0), (0.0, 1.0)] {
        let slope = velocity(place);
        let matrix = jacobian(place);
        let turns = tangents.map(|column| product(&matrix, &column));
        ahead = sum(ahead, slope, time_step * weight / 6.0);
        place = sum(state, slope, time_step * reach);
        for (index, turn) in turns.into_iter().enumerate() {
            columns[index] = sum(columns[index], turn, time_step * weight / 6.0);
            tangents[index] = sum(start[index], turn, time_step * reach);
        }
    }
    ahead
}

/// Differences of which each is a column, and by how much they have grown, as logarithms.
struct Tangents<const N: usize> {
    columns: Matrix<N>,
    logarithms: [f64; N],
}

impl<const N: usize> Tangents<N> {
    fn new() -> Tangents<N> {
        let mut columns = [[0.0; N]; N];
        for (place, column) in columns.iter_mut().enumerate() {
            column[place] = 1.0;
        }
        Tangents { columns, logarithms: [0.0; N] }
    }

    fn apply(&mut self, matrix: &Matrix<N>) {
        self.columns = self.columns.map(|column| product(matrix, &column));
    }

    /// Gram and Schmidt's method, in which each column is freed of those before it.
    fn straighten(&mut self, step: usize) -> Result<(), Error> {
        for place in 0..N {
            let (before, after) = self.columns.split_at_mut(place);
            let column = &mut after[0];
            for other in before {
                *column = sum(*column, *other, -dot(column, other));
            }
            let length = dot(column, column).sqrt();
            if !(length > 0.0 && length.is_finite()) {
                return Err(Error::NotFinite { field: "growth of a difference", step, count: 1 });
            }
            *column = column.map(|along| along / length);
            self.logarithms[place] += length.ln();
        }
        Ok(())
    }
}

fn product<const N: usize>(matrix: &Matrix<N>, column: &[f64; N]) -> [f64; N] {
    matrix.map(|row| dot(&row, column))
}

fn dot<const N: usize>(one: &[f64; N], other: &[f64; N]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

fn sum<const N: usize>(one: [f64; N], other: [f64; N], times: f64) -> [f64; N] {
    std::array::from_fn(|place| one[place] + times * other[place])
}

fn check(field: &'static str, state: &[f64], step: usize) -> Result<(), Error> {
    match state.iter().filter(|along| !along.is_finite()).count() {
        0 => Ok(()),
        count => Err(Error::NotFinite { field, step, count }),
    }
}
