//! The log: lines on standard error, for people or for programs.

use std::fmt;
use std::io;

use serde::Serialize;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::FmtContext;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::registry::LookupSpan;

use super::clock::{now_ms, timestamp};
use super::options::Environment;

/// How lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

impl LogFormat {
    /// People read the log in dev and staging, programs that in prod.
    #[must_use]
    pub fn of(environment: Environment) -> LogFormat {
        match environment {
            Environment::Dev | Environment::Staging => LogFormat::Text,
            Environment::Prod => LogFormat::Json,
        }
    }
}

/// Writes lines of this level and above from now on, unless a log was begun before.
pub fn start(format: LogFormat, level: Level, environment: Environment) {
    let log = tracing_subscriber::fmt().with_writer(io::stderr).with_max_level(level);
    // It fails where a log was begun before, which then goes on.
    let _ = match format {
        LogFormat::Text => log.with_ansi(false).try_init(),
        LogFormat::Json => log.event_format(Lines { env: environment.name() }).try_init(),
    };
}

/// One JSON object a line.
struct Lines {
    env: &'static str,
}

#[derive(Serialize)]
struct Line<'a> {
    timestamp: &'a str,
    level: &'a str,
    logger: &'a str,
    message: String,
    env: &'a str,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

#[derive(Default)]
struct Told {
    message: String,
    fields: Map<String, Value>,
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut told = Told::default();
        event.record(&mut told);
        let metadata = event.metadata();
        let line = Line {
            timestamp: &timestamp(now_ms()),
            level: metadata.level().as_str(),
            logger: metadata.target(),
            message: told.message,
            env: self.env,
            fields: told.fields,
        };
        let line = serde_json::to_string(&line).map_err(|_| fmt::Error)?;
        writeln!(writer, "{line}")
    }
}

impl Told {
    fn tell(&mut self, field: &Field, value: impl Into<Value>) {
        self.fields.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Told {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.tell(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.tell(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.tell(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.tell(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.tell(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = format!("{value:?}");
        if field.name() == "message" {
            self.message = text;
        } else {
            self.tell(field, text);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_is_an_object_with_the_fields_of_its_request() {
        let written = Written::default();
        let writer = written.clone();
        let log = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .event_format(Lines { env: "prod" })
            .finish();
        tracing::subscriber::with_default(log, || {
            let (request_id, status) = ("r-1", 200_u16);
            let client_ip = "::1";
            tracing::info!(request_id, status, duration_ms = 1.5, %client_ip, "an \"answer\"");
        });
        let bytes = written.0.lock().unwrap().clone();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.matches('\n').count(), 1);
        let line: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["message"], "an \"answer\"");
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["env"], "prod");
        assert_eq!(line["request_id"], "r-1");
        assert_eq!(line["status"], 200);
        assert_eq!(line["duration_ms"], 1.5);
        assert_eq!(line["client_ip"], "::1");
        assert!(line["logger"].as_str().unwrap().contains("log"));
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'));
    }
}
