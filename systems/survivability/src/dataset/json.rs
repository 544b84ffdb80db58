//! Writes a transition as a line of JSON. Keys stand in a fixed order and numbers in their shortest
//! form, so that a transition always gives the same bytes.

use itoa::Integer;

use super::SCHEMA_VERSION;
use crate::state::{PathFeatures, State};
use crate::transition::{Meta, Transition};

/// Appends the line with its end. Asks for no memory if there is room for [`most_bytes`].
///
/// The numbers have to be finite, which [`super::check`] tells: JSON has no others.
pub fn write_line(transition: &Transition, out: &mut Vec<u8>) {
    let Transition { t, seed, state, action, reward, next_state, action_mask, meta } = transition;
    let mut line = Line { out };
    line.text("{\"t\":").integer(*t);
    match seed {
        Some(seed) => line.text(",\"seed\":").integer(*seed),
        None => line.text(",\"seed\":null"),
    };
    line.text(",\"state\":").state(state);
    line.text(",\"action\":").integer(*action);
    line.text(",\"reward\":").float(*reward);
    match next_state {
        Some(state) => line.text(",\"next_state\":").state(state),
        None => line.text(",\"next_state\":null"),
    };
    line.text(",\"action_mask\":[");
    for (index, is_allowed) in action_mask.iter().enumerate() {
        line.text(if index == 0 { "" } else { "," }).bool(*is_allowed);
    }
    line.text("]").meta(meta).text("}\n");
}

// No line has more bytes than these add up to. Tests hold them against the longest numbers.
const FRAME: usize = 400;
const STATE: usize = 140;
const PATH: usize = 140;
const MASK: usize = 6;

/// No fewer bytes than the line will have.
pub fn most_bytes(transition: &Transition) -> usize {
    let state = |state: &State| STATE + PATH * state.paths.len();
    let next = transition.next_state.as_ref().map_or(0, state);
    FRAME + state(&transition.state) + next + MASK * transition.action_mask.len()
}

struct Line<'a> {
    out: &'a mut Vec<u8>,
}

impl Line<'_> {
    fn state(&mut self, state: &State) -> &mut Self {
        let State { src, dst, slots_needed, est_remaining_time, is_disaster, paths } = state;
        self.text("{\"src\":").integer(*src);
        self.text(",\"dst\":").integer(*dst);
        self.text(",\"slots_needed\":").integer(*slots_needed);
        self.text(",\"est_remaining_time\":").float(*est_remaining_time);
        self.text(",\"is_disaster\":").bit(*is_disaster);
        self.text(",\"paths\":[");
        for (index, path) in paths.iter().enumerate() {
            self.text(if index == 0 { "" } else { "," }).path(path);
        }
        self.text("]}")
    }

    fn path(&mut self, path: &PathFeatures) -> &mut Self {
        self.text("{\"path_hops\":").integer(path.hops);
        self.text(",\"min_residual_slots\":").integer(path.min_residual_slots);
        self.text(",\"frag_indicator\":").float(path.frag_indicator);
        self.text(",\"failure_mask\":").bit(path.is_failed);
        self.text(",\"dist_to_disaster_centroid\":").integer(path.dist_to_disaster_centroid);
        self.text("}")
    }

    fn meta(&mut self, meta: &Meta) -> &mut Self {
        self.text(",\"meta\":{\"schema_version\":").integer(SCHEMA_VERSION);
        self.text(",\"decision_time_ms\":").float(meta.decision_time_ms);
        self.text(",\"restoration_latency_ms\":").float(meta.restoration_latency_ms);
        self.text(",\"bp_window_tag\":\"").text(meta.window.name());
        self.text("\",\"backup_available\":").bool(meta.backup_available);
        self.text(",\"was_groomed\":").bool(meta.was_groomed);
        self.text("}")
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.out.extend_from_slice(text.as_bytes());
        self
    }

    fn integer(&mut self, value: impl Integer) -> &mut Self {
        self.text(itoa::Buffer::new().format(value))
    }

    fn bit(&mut self, value: bool) -> &mut Self {
        self.text(if value { "1" } else { "0" })
    }

    fn bool(&mut self, value: bool) -> &mut Self {
        self.text(if value { "true" } else { "false" })
    }

    fn float(&mut self, value: f64) -> &mut Self {
        match ten_thousandths(value) {
            Some(parts) => self.fraction(parts),
            None => self.text(zmij::Buffer::new().format_finite(value)),
        }
    }

    /// Parts of ten thousand, without the zeros at the end, but for one after the point.
    fn fraction(&mut self, parts: u16) -> &mut Self {
        let digit = |unit: u16| b'0' + (parts / unit % 10) as u8;
        let text = [digit(10_000), b'.', digit(1000), digit(100), digit(10), digit(1)];
        let zeros = text[3..].iter().rev().take_while(|digit| **digit == b'0').count();
        self.out.extend_from_slice(&text[..text.len() - zeros]);
        self
    }
}

/// The value in ten thousandths, if it is the double nearest to so many. No shorter decimal is read
/// as the same double, because different decimals of up to 15 digits are different doubles.
fn ten_thousandths(value: f64) -> Option<u16> {
    if !(0.0..=1.0).contains(&value) {
        return None;
    }
    let parts = (value * 10_000.0 + 0.5) as u16;
    let same = (f64::from(parts) / 10_000.0).to_bits() == value.to_bits();
    same.then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transition::WindowTag;

    fn written(value: f64) -> String {
        let mut out = Vec::new();
        Line { out: &mut out }.float(value);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_fraction_of_four_decimals_is_written_as_serde_json_does() {
        for parts in 0..=10_000_u16 {
            let value = f64::from(parts) / 10_000.0;
            assert_eq!(ten_thousandths(value), Some(parts));
            assert_eq!(written(value), serde_json::to_string(&value).unwrap());
        }
    }

    #[test]
    fn a_neighbour_of_a_fraction_and_minus_zero_keep_their_bits() {
        let fractions = (0..=10_000_u16).map(|parts| f64::from(parts) / 10_000.0);
        for value in fractions.flat_map(|value| [value.next_up(), value.next_down()]).chain([-0.0])
        {
            assert_eq!(written(value), serde_json::to_string(&value).unwrap());
        }
    }

    #[test]
    fn the_longest_line_is_within_the_bound_on_every_number_of_paths() {
        for paths in 0..50 {
            let longest = longest(paths);
            let mut out = Vec::new();
            write_line(&longest, &mut out);
            assert!(out.len() <= most_bytes(&longest), "{} bytes", out.len());
        }
    }

    fn longest(paths: usize) -> Transition {
        const FLOAT: f64 = -2.225_073_858_507_201_4e-308;
        let path = PathFeatures {
            hops: u16::MAX,
            min_residual_slots: u16::MAX,
            frag_indicator: FLOAT,
            is_failed: true,
            dist_to_disaster_centroid: u16::MAX,
        };
        let state = State {
            src: u32::MAX,
            dst: u32::MAX,
            slots_needed: u16::MAX,
            est_remaining_time: FLOAT,
            is_disaster: true,
            paths: vec![path; paths],
        };
        Transition {
            t: u64::MAX,
            seed: Some(u64::MAX),
            state: state.clone(),
            action: i32::MIN,
            reward: FLOAT,
            next_state: Some(state),
            action_mask: vec![false; paths],
            meta: Meta {
                decision_time_ms: FLOAT,
                restoration_latency_ms: FLOAT,
                window: WindowTag::Fail,
                backup_available: false,
                was_groomed: false,
            },
        }
    }
}
