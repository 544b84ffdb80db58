//! What outlives the process, as a text in the history.

use serde::{Deserialize, Serialize};
use tollgate_alerts::deliver::Message;
use tollgate_alerts::desk::Kept;

/// What the history keeps it by.
pub(super) const NAME: &str = "alerts";

/// The format of this release.
const VERSION: u32 = 1;

/// What goes on, who was told, and what is still to be told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Saved {
    version: u32,
    pub desk: Kept,
    /// With how many trials failed. What is being told right now is among them: whoever is killed
    /// meanwhile tells it once more, under the same key, rather than never.
    pub waiting: Vec<(Message, u32)>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum SavedError {
    #[error("what is known of alerts has format {found}, and {VERSION} is the latest known here")]
    Newer { found: u32 },
    #[error("what is known of alerts cannot be read: {0}")]
    Text(#[from] serde_json::Error),
}

impl Saved {
    pub(super) fn new(desk: Kept, waiting: Vec<(Message, u32)>) -> Saved {
        Saved { version: VERSION, desk, waiting }
    }

    pub(super) fn text(&self) -> Result<String, SavedError> {
        Ok(serde_json::to_string(self)?)
    }

    pub(super) fn read(text: &str) -> Result<Saved, SavedError> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        match serde_json::from_str(text)? {
            Version { version: found } if found > VERSION => Err(SavedError::Newer { found }),
            Version { .. } => Ok(serde_json::from_str(text)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tollgate_alerts::desk::{Desk, Settings};
    use tollgate_alerts::file::File;
    use tollgate_alerts::moment::Moment;

    use super::*;

    #[test]
    fn what_was_saved_is_read_again_and_a_later_format_is_refused_by_its_number() {
        let settings = Settings { tolerance: Duration::ZERO, ..Settings::of(File::default()) };
        let desk = Desk::new(settings).keep(Moment { steady_ms: 1, wall_ms: 2 });
        let word = |text: &str| text.to_owned();
        let message = Message { key: word("k"), action: word("log"), body: word("{}") };
        let saved = Saved::new(desk, vec![(message, 3)]);
        let text = saved.text().unwrap();
        assert_eq!(Saved::read(&text).unwrap(), saved);
        let newer = text.replacen("\"version\":1", "\"version\":2,\"more\":[]", 1);
        let error = Saved::read(&newer).unwrap_err().to_string();
        assert!(error.contains("format 2"), "{error}");
        assert!(matches!(Saved::read("{}"), Err(SavedError::Text(_))));
    }
}
