//! The dashboard as a value: what it shows, and which address leads where.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get};
use tollgate::history::History;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::api::Counts;
use crate::error::Failure;
use crate::guard::{self, Hosts};
use crate::live::Live;
use crate::reader::{Read, Reader};
use crate::{api, assets, pages};

/// What reading a history of years may take. Who waits longer asks again.
const PATIENCE: Duration = Duration::from_secs(30);

/// Pages and an API over one history file and what is known of alerts.
#[derive(Clone, Debug)]
pub struct Dashboard {
    pub(crate) reader: Reader,
    pub(crate) live: Live,
    pub(crate) counts: Arc<Counts>,
    hosts: Arc<Hosts>,
}

impl Dashboard {
    /// Shows the history at that path, which need not exist yet. It answers to local names alone.
    #[must_use]
    pub fn new(history: PathBuf, live: Live) -> Dashboard {
        let hosts = Arc::new(Hosts::Local(Vec::new()));
        Dashboard { reader: Reader::new(history), live, counts: Arc::default(), hosts }
    }

    #[must_use]
    pub fn answering_to(self, hosts: Hosts) -> Dashboard {
        Dashboard { hosts: Arc::new(hosts), ..self }
    }

    /// The whole of it, for a server.
    pub fn router(self) -> Router {
        let hosts = Arc::clone(&self.hosts);
        let counts = Arc::clone(&self.counts);
        let mut routes = Router::new();
        for (address, answers) in table() {
            routes = routes.route(address, answers);
        }
        for asset in &assets::ALL {
            routes = routes.route(asset.path, get(async || asset.answer()));
        }
        routes
            .fallback(nowhere)
            .with_state(self)
            .layer(from_fn(guard::tagged))
            .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, PATIENCE))
            .layer(CatchPanicLayer::custom(|_| Failure::Broken.into_response()))
            .layer(from_fn_with_state(hosts, guard::expected))
            .layer(from_fn(guard::kept))
            .layer(from_fn_with_state(counts, api::counted))
    }

    /// Every address there is, but for what pages load.
    #[must_use]
    pub fn addresses() -> Vec<&'static str> {
        table().into_iter().map(|(address, _)| address).collect()
    }

    /// Reads the history; the edition is that of the alerts as well.
    pub(crate) async fn read<T, F>(&self, body: F) -> Result<Read<T>, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&History) -> Result<T, Failure> + Send + 'static,
    {
        let Read { edition, found } = self.look(body).await;
        match found {
            Ok(found) => Ok(Read { edition, found }),
            Err(failure) => Err(failure.at(edition)),
        }
    }

    /// What stands for all that pages are made from, whether or not the history can be read.
    pub(crate) async fn edition(&self) -> String {
        self.look(|_| Ok(())).await.edition
    }

    async fn look<T, F>(&self, body: F) -> Read<Result<T, Failure>>
    where
        T: Send + 'static,
        F: FnOnce(&History) -> Result<T, Failure> + Send + 'static,
    {
        let alerts = self.alerts_edition();
        let Read { edition, found } = self.reader.read(body).await;
        Read { edition: format!("{edition}.{alerts}"), found }
    }

    /// Changes with what goes on, not with each evaluation.
    fn alerts_edition(&self) -> String {
        let picture = self.live.picture();
        let mut hasher = DefaultHasher::new();
        for alert in &picture.alerts {
            (&alert.rule, alert.state, &alert.labels, alert.is_muted).hash(&mut hasher);
        }
        (picture.is_known(), &picture.rules, &picture.silences).hash(&mut hasher);
        (&picture.refused, &picture.unread, &picture.unsaved).hash(&mut hasher);
        (&picture.elsewhere, picture.deliveries.dead, picture.deliveries.refused).hash(&mut hasher);
        format!("{:08x}", hasher.finish() as u32)
    }
}

fn table() -> Vec<(&'static str, MethodRouter<Dashboard>)> {
    let mut table = pages::table();
    table.extend(api::table());
    table
}

async fn nowhere(address: Uri) -> Response {
    if address.path().starts_with("/api/") {
        Failure::NoPage.json()
    } else {
        Failure::NoPage.into_response()
    }
}
