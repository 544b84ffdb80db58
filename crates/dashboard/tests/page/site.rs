//! The dashboard over a history, listening, and a browser that looks at it.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::net::TcpListener;
use tollgate_browser::Browser;
use tollgate_dashboard::{Dashboard, Live};

use crate::scene::{Recorded, Scene};

pub(crate) struct Site {
    pub(crate) scene: Scene,
    address: SocketAddr,
    pub(crate) browser: Browser,
}

impl Site {
    /// Eight runs a day apart, of which the sixth is over its limit and the third is from another
    /// machine.
    pub(crate) async fn with_runs() -> Site {
        let site = Site::new(Live::still()).await;
        for day in 0..8 {
            site.scene.record(&Recorded {
                minute: day * 1440,
                milliseconds: if day == 5 { 16.0 } else { 10.0 },
                operation: Some("pay".to_owned()),
                host: if day == 2 { "bench-2" } else { "bench-1" }.to_owned(),
                ..Recorded::default()
            });
        }
        site
    }

    /// Over a history that is not there yet.
    pub(crate) async fn new(live: Live) -> Site {
        let scene = Scene::new();
        let router = Dashboard::new(scene.path(), live).router();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Site { scene, address, browser: Browser::start().await }
    }

    pub(crate) async fn open(&mut self, path: &str) {
        let address = format!("http://{}{path}", self.address);
        self.browser.open(&address).await;
        // Otherwise the page before, which was as complete.
        let opened = format!("location.href === '{address}' && document.readyState === 'complete'");
        self.browser.until(&opened).await;
    }

    /// Of the page that is open: nothing may be wider than the window.
    pub(crate) async fn assert_fits(&mut self, what: &str) {
        let widths = "[document.documentElement.scrollWidth, innerWidth]";
        let widths: Value = self.browser.value(widths).await;
        assert_eq!(widths[0], widths[1], "{what}");
    }

    #[track_caller]
    pub(crate) fn assert_no_errors(&self) {
        assert_eq!(self.browser.errors, Vec::<String>::new());
    }

    /// A browser tells a page with such a status among the errors.
    #[track_caller]
    pub(crate) fn assert_no_errors_but_of(&self, status: u16) {
        let expected = format!("status of {status}");
        let others: Vec<&String> =
            self.browser.errors.iter().filter(|error| !error.contains(&expected)).collect();
        assert_eq!(others, Vec::<&String>::new());
    }
}
