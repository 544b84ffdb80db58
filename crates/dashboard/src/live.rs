//! What the watcher knows of alerts, as pages read it: a pointer that is exchanged whole.

use std::sync::{Arc, PoisonError, RwLock};

use crate::picture::Picture;

/// The latest picture. Copies show the same one.
#[derive(Clone, Debug, Default)]
pub struct Live {
    /// None where nobody watches.
    picture: Option<Arc<RwLock<Arc<Picture>>>>,
}

impl Live {
    /// Nobody watches: there are no alerts, and pages say why.
    #[must_use]
    pub fn still() -> Live {
        Live { picture: None }
    }

    /// Somebody watches, from this picture on.
    #[must_use]
    pub fn watched(picture: Picture) -> Live {
        Live { picture: Some(Arc::new(RwLock::new(Arc::new(picture)))) }
    }

    #[must_use]
    pub fn is_watched(&self) -> bool {
        self.picture.is_some()
    }

    /// Replaces what everybody sees.
    pub fn show(&self, picture: Picture) {
        if let Some(shown) = &self.picture {
            *shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(picture);
        }
    }

    /// What is seen now. Empty where nobody watches.
    #[must_use]
    pub fn picture(&self) -> Arc<Picture> {
        match &self.picture {
            Some(shown) => Arc::clone(&shown.read().unwrap_or_else(PoisonError::into_inner)),
            None => Arc::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_copy_shows_the_latest_picture() {
        let live = Live::watched(Picture::default());
        let copy = live.clone();
        live.show(Picture { evaluated_ms: Some(7), ..Picture::default() });
        assert_eq!(copy.picture().evaluated_ms, Some(7));
    }

    #[test]
    fn what_nobody_watches_stays_empty() {
        let live = Live::still();
        live.show(Picture { evaluated_ms: Some(7), ..Picture::default() });
        assert!(!live.is_watched());
        assert_eq!(*live.picture(), Picture::default());
    }
}
