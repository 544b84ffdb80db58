//! A real message bus for a test: `nats-server` on a free port, with what a test wants it to have.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures_util::StreamExt as _;
use tempfile::TempDir;
use tollgate_load::target::Target;

pub struct Bus {
    process: Child,
    port: u16,
    scheme: &'static str,
    /// Its configuration, its streams.
    _folder: TempDir,
}

impl Bus {
    pub fn start() -> Bus {
        Bus::with("", "nats")
    }

    /// With more lines in its configuration.
    pub fn with(settings: &str, scheme: &'static str) -> Bus {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let port = free_port();
        let store = folder.path().join("store");
        let text = format!(
            "listen: 127.0.0.1:{port}\njetstream {{ store_dir: {:?} }}\n{settings}\n",
            store.display().to_string()
        );
        let file = folder.path().join("server.conf");
        std::fs::write(&file, text).expect("the folder can be written to");
        let process = Command::new("nats-server")
            .arg("-c")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the tests need `nats-server` (Debian package nats-server)");
        let bus = Bus { process, port, scheme, _folder: folder };
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            std::thread::sleep(Duration::from_millis(5));
        }
        bus
    }

    pub fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", self.scheme, self.port)
    }

    pub fn target(&self) -> Target {
        Target::parse(&self.url(), &[]).expect("the address of a server can be read")
    }

    /// Stops or continues it.
    pub fn signal(&self, name: &str) {
        let pid = self.process.id().to_string();
        let status = Command::new("kill").args(["-s", name, &pid]).status();
        assert!(status.expect("there is `kill`").success());
    }

    /// Does something with each message to a subject, until the test ends.
    pub fn serve(
        &self,
        subject: &'static str,
        on_message: OnMessage,
    ) -> std::thread::JoinHandle<()> {
        let url = self.url();
        let (ready, is_ready) = std::sync::mpsc::sync_channel(1);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime can be made").block_on(async {
                let client = async_nats::connect(url).await.expect("the server is there");
                let mut messages = client.subscribe(subject).await.expect("a subject");
                let own = client.new_inbox();
                let mut echo = client.subscribe(own.clone()).await.expect("an inbox");
                client.publish(own, "".into()).await.expect("the server is there");
                echo.next().await;
                ready.send(()).expect("the test waits");
                while let Some(message) = messages.next().await {
                    on_message(&client, message).await;
                }
            });
        });
        is_ready.recv().expect("it subscribes");
        thread
    }
}

pub type OnMessage = fn(
    &async_nats::Client,
    async_nats::Message,
) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there are free ports");
    listener.local_addr().expect("it is bound").port()
}
