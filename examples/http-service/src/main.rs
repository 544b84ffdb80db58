//! A small HTTP service to put under a load budget: a thread a connection, and the standard
//! library alone. Options make it slow, faulty or leaky, so that a broken budget can be seen.

mod fault;
mod options;
mod request;
mod routes;

use std::io::{self, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use fault::Fault;
use options::Options;
use request::Request;
use routes::{Answer, Routes};

/// Ends when it is killed, which SIGTERM does without any help from here.
fn main() -> ExitCode {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(error) => return complain(&error, 2),
    };
    let die_after = options.faults.die_after;
    let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)) {
        Ok(listener) => listener,
        Err(error) => return complain(&format!("listen on port {}: {error}", options.port), 1),
    };
    if let Err(error) = announce(&listener) {
        return complain(&format!("say where it listens: {error}"), 1);
    }
    let service = Arc::new(Service { routes: Routes::new(), fault: Fault::new(options.faults) });
    let accepting = thread::spawn(move || accept(&listener, &service));
    if let Some(after) = die_after {
        thread::sleep(after);
        return complain("it dies, as was asked", 3);
    }
    match accepting.join() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

struct Service {
    routes: Routes,
    fault: Fault,
}

fn announce(listener: &TcpListener) -> io::Result<()> {
    let address = listener.local_addr()?;
    let mut stdout = io::stdout();
    writeln!(stdout, "listening on http://{address}")?;
    stdout.flush()
}

fn complain(reason: &str, code: u8) -> ExitCode {
    // Nobody is left to tell if standard error is closed.
    let _ = writeln!(io::stderr(), "error: {reason}");
    ExitCode::from(code)
}

fn accept(listener: &TcpListener, service: &Arc<Service>) {
    for stream in listener.incoming() {
        let Ok(stream) = stream else {
            // Out of descriptors: some will be free again in a moment.
            thread::sleep(std::time::Duration::from_millis(10));
            continue;
        };
        let service = Arc::clone(service);
        let spawned = thread::Builder::new().stack_size(64 * 1024).spawn(move || {
            // A connection that breaks is the client's affair.
            let _ = converse(stream, &service);
        });
        if let Err(error) = spawned {
            complain(&format!("start a thread for a connection: {error}"), 0);
        }
    }
}

/// Answers one request after the other until either side has had enough.
fn converse(stream: TcpStream, service: &Service) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut output = stream.try_clone()?;
    let mut input = BufReader::new(stream);
    while let Some(request) = Request::read(&mut input)? {
        service.fault.delay();
        let (answer, again) = match request {
            Ok(_) if service.fault.fails() => (Answer::text(500, "failed, as was asked\n"), true),
            Ok(request) => (service.routes.answer(&request), request.keep_alive),
            // Where the next request begins is not known.
            Err(refusal) => (Answer::text(refusal.status, refusal.reason), false),
        };
        output.write_all(&answer.bytes(again))?;
        if !again {
            break;
        }
    }
    Ok(())
}
