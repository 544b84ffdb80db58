//! What a client asks a stream for.

use std::time::Duration;

use serde::Deserialize;

use super::Kind;
use super::queue::Policy;
use super::readings::Wanted;
use crate::pattern::{PatternSettings, Reaction};
use crate::service::asked;
use crate::service::{Failure, Fields, Numbers};
use crate::settings::Settings;

/// A stream, completely.
#[derive(Clone, Debug)]
pub struct Request {
    pub source: Source,
    pub steps: usize,
    pub tempo: Tempo,
    pub cells: Option<Encoding>,
    pub readings: Wanted,
    pub policy: Policy,
}

/// What is simulated.
#[derive(Clone, Debug)]
pub enum Source {
    Membrane(Settings),
    Pattern(PatternSettings),
}

/// How cells are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// As a list of numbers in the message.
    #[default]
    Json,
    /// As a message of its own: 32-bit floats, the least significant byte first.
    Binary,
}

/// How fast a stream runs, which may be changed meanwhile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tempo {
    /// Steps a second; as fast as they are computed where it is not told.
    pub pace: Option<f64>,
    /// Steps from one update to the next.
    pub interval: usize,
    pub is_paused: bool,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Model {
    #[default]
    Membrane,
    GrayScott,
    Schnakenberg,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Preset {
    #[default]
    Spots,
    Stripes,
}

const PACES: Numbers = Numbers::Between(0.01, 100_000.0);
const MOST_STEPS: usize = 10_000;
const MOST_PATTERN_STEPS: usize = 100_000;
const POLICIES: &str = r#""drop_oldest", "drop_newest" or "compress""#;

impl Request {
    /// Reads the parameters, and tells all that is wrong with them at once.
    pub fn read(kind: Kind, params: Option<&str>) -> Result<Request, Failure> {
        let mut fields = Fields::read(params.unwrap_or("{}").as_bytes())?;
        let policy = fields.word("strategy", POLICIES, Policy::default());
        let interval = interval(&mut fields, 1);
        let (pace, cells, readings) = match kind {
            Kind::Simulation => {
                let pace = pace(&mut fields);
                let cells = cells(&mut fields);
                let is_asked = fields.flag("include_features", false);
                (pace, cells, if is_asked { Wanted::All } else { Wanted::Nothing })
            }
            Kind::Features => {
                let ms = fields.integer("update_interval_ms", 10..=10_000_u32, 100);
                let pace = interval as f64 * 1000.0 / f64::from(ms);
                (Some(pace), None, Wanted::read(&mut fields))
            }
        };
        let (source, steps) = source(&mut fields, kind);
        fields.finish()?;
        source.validate()?;
        let tempo = Tempo { pace, interval, is_paused: false };
        Ok(Request { source, steps, tempo, cells, readings, policy })
    }
}

impl Tempo {
    /// With what a client changes of it.
    pub fn changed(self, payload: Option<&str>) -> Result<Tempo, Failure> {
        let mut fields = Fields::read(payload.unwrap_or("{}").as_bytes())?;
        let tempo = Tempo {
            pace: pace(&mut fields).or(self.pace),
            interval: interval(&mut fields, self.interval),
            is_paused: fields.flag("paused", self.is_paused),
        };
        fields.finish()?;
        Ok(tempo)
    }

    /// From one update to the next.
    pub fn period(self) -> Duration {
        let seconds = self.pace.map_or(0.0, |pace| self.interval as f64 / pace);
        Duration::from_secs_f64(seconds)
    }
}

impl Source {
    /// As clients name it.
    pub fn name(&self) -> &'static str {
        match self {
            Source::Membrane(_) => "membrane",
            Source::Pattern(PatternSettings { reaction, .. }) => match reaction {
                Reaction::GrayScott { .. } => "gray-scott",
                Reaction::Schnakenberg { .. } => "schnakenberg",
            },
        }
    }

    pub fn grid_size(&self) -> usize {
        match self {
            Source::Membrane(settings) => settings.grid_size,
            Source::Pattern(settings) => settings.grid_size,
        }
    }

    fn validate(&self) -> Result<(), Failure> {
        match self {
            Source::Membrane(settings) => settings.validate()?,
            Source::Pattern(settings) => settings.validate()?,
        }
        Ok(())
    }
}

/// A pace that is not told leaves it to the computation.
fn pace(fields: &mut Fields) -> Option<f64> {
    let pace = fields.number("pace", PACES, f64::INFINITY);
    pace.is_finite().then_some(pace)
}

fn interval(fields: &mut Fields, usual: usize) -> usize {
    fields.integer("update_interval_steps", 1..=100, usual)
}

fn cells(fields: &mut Fields) -> Option<Encoding> {
    let is_asked = fields.flag("include_full_state", false);
    let encoding = fields.word("encoding", r#""json" or "binary""#, Encoding::default());
    is_asked.then_some(encoding)
}

fn source(fields: &mut Fields, kind: Kind) -> (Source, usize) {
    let models = r#""membrane", "gray-scott" or "schnakenberg""#;
    let preset = match fields.word("model", models, Model::default()) {
        Model::Membrane => return membrane(fields, kind),
        Model::GrayScott => {
            match fields.word("preset", r#""spots" or "stripes""#, Preset::default()) {
                Preset::Spots => "spots",
                Preset::Stripes => "stripes",
            }
        }
        Model::Schnakenberg => "schnakenberg",
    };
    let usual = PatternSettings::preset(preset).expect("each of the presets is known");
    let mut number = |name, default| fields.number(name, Numbers::Above(0.0), default);
    let reaction = match usual.reaction {
        Reaction::GrayScott { feed, kill } => {
            Reaction::GrayScott { feed: number("feed", feed), kill: number("kill", kill) }
        }
        Reaction::Schnakenberg { a, b } => {
            Reaction::Schnakenberg { a: number("a", a), b: number("b", b) }
        }
    };
    let steps = fields.integer("steps", 1..=MOST_PATTERN_STEPS, usual.steps);
    let settings = PatternSettings {
        reaction,
        steps,
        grid_size: fields.integer("grid_size", asked::GRID_SIZES, usual.grid_size),
        seed: fields.integer("seed", 0..=u64::MAX, usual.seed),
        boundary: fields.word(
            "boundary",
            r#""periodic", "neumann" or "dirichlet""#,
            usual.boundary,
        ),
        ..usual
    };
    (Source::Pattern(settings), steps)
}

/// The fields of a simulation by request, but for more steps: here nobody waits for the last.
fn membrane(fields: &mut Fields, kind: Kind) -> (Source, usize) {
    let usual = match kind {
        Kind::Simulation => 64,
        Kind::Features => MOST_STEPS,
    };
    let steps = fields.integer("steps", 1..=MOST_STEPS, usual);
    let settings = Settings { steps, ..asked::settings(fields) };
    (Source::Membrane(settings), steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(params: &str) -> Result<Request, Failure> {
        Request::read(Kind::Simulation, Some(params))
    }

    fn mistakes(kind: Kind, params: &str) -> Vec<String> {
        match Request::read(kind, Some(params)) {
            Err(Failure::Invalid(mistakes)) => {
                mistakes.into_iter().map(|mistake| mistake.field).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn without_parameters_it_is_the_simulation_of_requests() {
        let request = Request::read(Kind::Simulation, None).unwrap();
        let usual = Settings { steps: 64, ..Settings::default() };
        assert!(matches!(&request.source, Source::Membrane(settings) if *settings == usual));
        let tempo = Tempo { pace: None, interval: 1, is_paused: false };
        assert_eq!((request.steps, request.tempo), (64, tempo));
        assert_eq!((request.cells, request.policy), (None, Policy::DropOldest));
    }

    #[test]
    fn features_come_ten_times_a_second_unless_told() {
        let period = |params| Request::read(Kind::Features, Some(params)).unwrap().tempo.period();
        assert_eq!(period("{}"), Duration::from_millis(100));
        let told = r#"{"update_interval_ms": 250, "update_interval_steps": 7}"#;
        assert_eq!(period(told), Duration::from_millis(250));
    }

    #[test]
    fn models_have_presets_that_can_be_changed() {
        let request =
            read(r#"{"model": "gray-scott", "preset": "stripes", "feed": 0.05}"#).unwrap();
        let Source::Pattern(settings) = request.source else { panic!("no pattern") };
        let preset = PatternSettings::preset("stripes").unwrap();
        let Reaction::GrayScott { kill, .. } = preset.reaction else { panic!("no stripes") };
        assert_eq!(settings.reaction, Reaction::GrayScott { feed: 0.05, kill });
        assert_eq!(read(r#"{"model": "schnakenberg"}"#).unwrap().source.name(), "schnakenberg");
    }

    #[test]
    fn all_mistakes_are_told_at_once_by_their_names() {
        let params = r#"{"grid_size": 7, "pace": 0, "encoding": "xml", "strategy": 1, "x": 1}"#;
        let found = mistakes(Kind::Simulation, params);
        assert_eq!(found, ["strategy", "pace", "encoding", "grid_size", "x"]);
        assert_eq!(mistakes(Kind::Simulation, r#"{"model": "ising"}"#), ["model"]);
        assert_eq!(mistakes(Kind::Simulation, r#"{"alpha": 0.9}"#), ["alpha"]);
        let params = r#"{"update_interval_ms": 9, "features": ["D_box", "D_sphere"]}"#;
        assert_eq!(mistakes(Kind::Features, params), ["update_interval_ms", "features"]);
        assert_eq!(mistakes(Kind::Features, r#"{"include_full_state": true}"#).len(), 1);
        assert_eq!(mistakes(Kind::Simulation, r#"{"model": "gray-scott", "feed": -1}"#), ["feed"]);
    }

    #[test]
    fn a_stream_can_be_paused_and_its_pace_changed() {
        let begun = Tempo { pace: Some(10.0), interval: 1, is_paused: false };
        let paused = begun.changed(Some(r#"{"paused": true}"#)).unwrap();
        assert_eq!(paused, Tempo { is_paused: true, ..begun });
        assert_eq!(paused.changed(Some(r#"{"pace": 5}"#)).unwrap().pace, Some(5.0));
        assert!(begun.changed(Some(r#"{"pace": -5}"#)).is_err());
        assert!(begun.changed(Some(r#"{"speed": 5}"#)).is_err());
        let coarser = begun.changed(Some(r#"{"update_interval_steps": 5}"#)).unwrap();
        assert_eq!(coarser.period(), Duration::from_millis(500));
    }
}
