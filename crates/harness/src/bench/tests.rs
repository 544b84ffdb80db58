use std::cell::{Cell, RefCell};
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::*;
use crate::arguments::Target;
use crate::clock::tests::Scripted;

#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a benchmark printed on a scripted clock, and its faults.
fn ran(options: &str, benchmarks: impl FnOnce(&mut Bench, &Scripted)) -> (String, Vec<String>) {
    let words: Vec<String> = options.split_whitespace().map(str::to_owned).collect();
    let arguments = Arguments::parse(&words, Target::Bench, false).unwrap();
    let clock = Scripted::new(20);
    let out = Shared::default();
    let mut bench = Bench::new(arguments, Box::new(clock.clone()), Box::new(out.clone()));
    benchmarks(&mut bench, &clock);
    let text = String::from_utf8(out.0.borrow().clone()).unwrap();
    (text, bench.faults)
}

fn records(text: &str) -> Vec<Record> {
    text.lines().filter_map(|line| Record::parse_line(line).unwrap()).collect()
}

#[test]
fn what_is_printed_can_be_read_as_records() {
    let (text, faults) = ran("--records --quick", |bench, clock| {
        bench.run("short", || clock.pass(5));
        bench.operation("long").elements(10).bytes(20).run(|| clock.pass(1_000));
        bench.operation("window").form(Form::Histograms).run(|| clock.pass(10_000));
        bench.value("init", Duration::from_millis(3));
        bench.value("size", (1.5, "MiB"));
        bench.group("sort").parameter(10).value("swaps", (7.0, ""));
        let mut own = bench.group("own");
        own.evidence("latency", "ns", Values::Samples(vec![5.0, 7.0, 9.0]));
        own.evidence("heap", "B", Values::Points(vec![(0.0, 8.0), (3600.0, 16.0)]));
        let every = Duration::from_secs(60);
        bench.series("queue depth", "", every, || Ok(3.0), || ());
    });
    assert_eq!(faults, [""; 0]);
    let records = records(&text);
    let mut told: Vec<String> = records
        .iter()
        .map(|record| {
            let operation = record.operation.as_deref().unwrap_or("-");
            format!("{operation}: {} {} {}", record.metric, record.unit, record.values.key())
        })
        .collect();
    told.dedup();
    assert_eq!(
        told,
        [
            "short: time ns batches",
            "long: time ns samples",
            "long: throughput /s samples",
            "long: data rate B/s samples",
            "window: time ns histogram",
            "-: init ns samples",
            "-: size MiB samples",
            "sort / 10: swaps  samples",
            "own: latency ns samples",
            "own: heap B points",
            "-: queue depth  points",
        ]
        .map(|line| {
            match line.contains("init") || line.contains("size") || line.contains("swaps") {
                true => line.replace("samples", "value"),
                false => line.to_owned(),
            }
        })
    );
    assert_eq!(records.iter().filter(|r| r.metric == "time").count(), 2 + 100);
}

#[test]
fn in_small_every_closure_runs_once_and_nothing_is_told() {
    let count = Cell::new(0);
    let more = || count.set(count.get() + 1);
    let (text, faults) = ran("", |bench, _| {
        bench.run("plain", more);
        bench.operation("fed").with_inputs(|| 1).run(|_| more());
        bench.operation("async").run_async(|_| more(), || async {});
        bench.series("depth", "", Duration::from_secs(1), || Ok(0.0), more);
        bench.value("init", Duration::from_secs(1));
        assert!(!bench.is_measuring());
    });
    assert_eq!((count.get(), text.as_str(), faults.len()), (4, "", 0));
}

#[test]
fn a_list_names_what_the_filter_chooses_and_runs_nothing() {
    let (text, _) = ran("--list sort", |bench, _| {
        bench.run("parse", || panic!("it runs"));
        let mut sort = bench.group("sort");
        sort.run("stable", || panic!("it runs"));
        sort.parameter(10).run("stable", || panic!("it runs"));
    });
    assert_eq!(text, "sort / stable: benchmark\nsort / 10 / stable: benchmark\n");
}

#[test]
fn what_a_filter_leaves_out_does_not_run() {
    let (text, _) = ran("--records --quick hash", |bench, clock| {
        bench.run("parse", || panic!("it runs"));
        bench.run("hash", || clock.pass(10_000));
    });
    assert_eq!(records(&text).len(), 1);
}

#[test]
fn an_operation_that_a_program_measures_itself_is_one_that_a_filter_finds() {
    let (text, _) = ran("--records --quick hash", |bench, _| {
        bench.group("hash").value("throughput", (5.0, "/s"));
        assert_eq!(bench.count, 1);
        bench.group("parse").value("throughput", (5.0, "/s"));
        assert_eq!(bench.count, 1);
    });
    assert_eq!(records(&text).len(), 2);
}

#[test]
fn an_operation_told_twice_is_a_fault_and_not_more_of_the_first() {
    let (text, faults) = ran("--records --quick", |bench, clock| {
        bench.run("parse", || clock.pass(10_000));
        bench.run("parse", || clock.pass(10_000));
    });
    assert_eq!(faults, ["`time` of `parse` is told twice"]);
    assert_eq!(records(&text).len(), 1);
}

#[test]
fn a_name_no_record_may_have_is_a_fault() {
    for name in ["", " a", "a\nb"] {
        let (text, faults) =
            ran("--records --quick", |bench, clock| bench.run(name, || clock.pass(10_000)));
        assert_eq!((records(&text).len(), faults.len()), (0, 1), "{name:?}");
    }
}

#[test]
fn a_value_that_is_no_number_is_a_fault() {
    let (_, faults) = ran("--records", |bench, _| bench.value("size", (f64::NAN, "B")));
    assert!(faults[0].contains("not a finite number"), "{faults:?}");
}

#[test]
fn a_person_gets_a_table_with_a_line_an_operation() {
    let (text, _) = ran("--bench --table --quick", |bench, clock| {
        bench.operation("hash").bytes(1_000).run(|| clock.pass(10_000));
        bench.value("init", Duration::from_millis(3));
        bench.group("own").evidence("heap", "B", Values::Points(vec![(0.0, 8.0), (9.0, 16.0)]));
        bench.group("own").evidence("rate", "/s", Values::Samples(vec![5.0, 9.0, 7.0]));
    });
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "timer: period 20 ns; 20 ns subtracted from each timing; a loop's 0.00 \
                          ns an iteration left in"
    );
    assert_eq!(lines[1].find("median"), lines[2].find("10 us"));
    assert!(lines[2].starts_with("hash ") && lines[2].contains("100 MB/s"), "{text}");
    assert!(lines[3].starts_with("init ") && lines[3].contains("3 ms"), "{text}");
    assert!(lines[4].starts_with("own / heap ") && lines[4].ends_with(" 8 B to 16 B"), "{text}");
    assert!(lines[5].starts_with("own / rate ") && lines[5].ends_with(" 7/s"), "{text}");
}

/// Nanoseconds until an operation of a millisecond that never varies was measured.
fn elapsed(options: &str, change: impl Fn(Operation<'_>) -> Operation<'_>) -> u64 {
    let time = Cell::new(0);
    ran(options, |bench, clock| {
        change(bench.operation("long")).run(|| clock.pass(1_000_000));
        time.set(clock.now());
    });
    time.get()
}

#[test]
fn quick_takes_a_tenth_of_the_time() {
    let full = elapsed("--records --precision 0%", |operation| operation);
    let quick = elapsed("--records --precision 0% --quick", |operation| operation);
    assert!(full > 1_000_000_000 && quick > 100_000_000 && quick * 8 < full, "{full} {quick}");
}

#[test]
fn who_asks_for_no_precision_gets_all_the_time_and_the_command_line_has_the_last_word() {
    let is_full = |options, change: fn(Operation<'_>) -> Operation<'_>| {
        elapsed(options, change) > 1_000_000_000
    };
    assert!(!is_full("--records", |operation| operation));
    assert!(!is_full("--records", |operation| operation.form(Form::Batches)));
    assert!(is_full("--records", |operation| operation.precision(0.0)));
    assert!(is_full("--records", |operation| operation.form(Form::Samples)));
    assert!(is_full("--records", |operation| operation.form(Form::Histograms)));
    assert!(!is_full("--records", |operation| operation.form(Form::Samples).precision(0.1)));
    assert!(!is_full("--records --precision 1%", |operation| operation.precision(0.0)));
    assert!(is_full("--records --precision 0%", |operation| operation.precision(0.1)));
}

#[test]
fn the_time_of_a_future_is_from_its_making_to_its_end() {
    /// Passes time at each of its polls.
    struct Steps<'c>(&'c Scripted, u32);

    impl Future for Steps<'_> {
        type Output = u32;

        fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u32> {
            self.0.pass(1_000);
            self.1 -= 1;
            if self.1 == 0 { Poll::Ready(7) } else { Poll::Pending }
        }
    }

    fn block_on<F: Future>(future: F) -> F::Output {
        let mut future = pin!(future);
        loop {
            let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            if let Poll::Ready(output) = polled {
                return output;
            }
        }
    }

    let (text, faults) = ran("--records --quick", |bench, clock| {
        let start = || {
            clock.pass(500);
            Steps(clock, 3)
        };
        bench.operation("answer").run_async(block_on, start);
    });
    assert_eq!(faults, [""; 0]);
    let Values::Samples(samples) = &records(&text)[0].values else { panic!("{text}") };
    assert!(samples.iter().all(|&sample| (sample - 3_500.0).abs() < 0.5), "{samples:?}");
}

#[test]
fn what_was_told_before_a_panic_stays_told() {
    let out = Shared::default();
    let written = out.clone();
    let panicked = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let arguments = Arguments::parse(&["--records".to_owned()], Target::Bench, false).unwrap();
        let clock = Scripted::new(20);
        let mut bench = Bench::new(arguments, Box::new(clock.clone()), Box::new(written));
        bench.run("good", || clock.pass(10_000));
        bench.run("bad", || panic!("on purpose"));
    }));
    assert!(panicked.is_err());
    let text = String::from_utf8(out.0.borrow().clone()).unwrap();
    assert_eq!(records(&text)[0].operation.as_deref(), Some("good"));
}
