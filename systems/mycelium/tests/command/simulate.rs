//! `simulate`: what it tells, draws and saves, and what it refuses.

use std::path::Path;

use rustix::process::Signal;

use super::{begin, command, done, json, refused, signal, told, until_it_listens};

fn picture(path: &Path) -> (png::OutputInfo, Option<u32>) {
    let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let frames = reader.info().animation_control().map(|control| control.num_frames);
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let first = reader.next_frame(&mut pixels).unwrap();
    for _ in 1..frames.unwrap_or(1) {
        reader.next_frame(&mut pixels).unwrap();
    }
    (first, frames)
}

#[test]
fn the_same_settings_give_the_same_bytes_and_another_seed_gives_others() {
    let folder = tempfile::tempdir().unwrap();
    let of =
        |seed| done(folder.path(), &["simulate", "--preset", "demo", "--json", "--seed", seed]);
    assert_eq!(of("7"), of("7"));
    assert_ne!(json(&of("7"))["pot_mean_mV"], json(&of("8"))["pot_mean_mV"]);
}

#[test]
fn numpys_seed_42_gives_what_the_original_gives() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["simulate", "--preset", "demo", "--streams", "numpy", "--format", "json"];
    let told = json(&done(folder.path(), &args));
    assert_eq!(told["growth_events"], 11);
    let mean = told["pot_mean_mV"].as_f64().unwrap();
    assert!((mean - -69.949_898_149_998_15).abs() < 1e-9, "{mean}");
    let least = told["pot_min_mV"].as_f64().unwrap();
    assert!((least - -71.094_543_512_421_77).abs() < 1e-9, "{least}");
}

#[test]
fn a_table_tells_potentials_events_and_substances() {
    let folder = tempfile::tempdir().unwrap();
    let text = done(folder.path(), &["simulate", "--preset", "demo"]);
    for word in ["32 x 32 cells, 32 steps, seed 42", "least", "mean", "spikes", "activator"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    let text = done(folder.path(), &["simulate", "--preset", "demo", "-t", "1", "--no-turing"]);
    assert!(text.contains("32 x 32 cells, 1 step, seed 42"), "{text}");
    assert!(!text.contains("activator"), "{text}");
}

#[test]
fn a_field_is_drawn_and_its_course_is_animated() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["--png", "end.png", "--animate", "run.png", "--frames", "8", "--scale", "3"];
    done(folder.path(), &[&["simulate", "--preset", "demo"][..], &args].concat());
    let (still, frames) = picture(&folder.path().join("end.png"));
    assert_eq!((still.width, still.height, frames), (96, 96, None));
    let (_, frames) = picture(&folder.path().join("run.png"));
    assert_eq!(frames, Some(8));
}

#[test]
fn flags_go_before_the_file_and_the_file_before_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let config = "{\n  \"grid_size\": 16,\n  \"steps\": 5,\n  \"quantum_jitter\": true\n}\n";
    std::fs::write(folder.path().join("a.json"), config).unwrap();
    let args = ["simulate", "--config", "a.json", "--steps", "3", "--json"];
    let settings = &json(&done(folder.path(), &args))["settings"];
    assert_eq!(settings["grid_size"], 16);
    assert_eq!(settings["steps"], 3);
    assert_eq!(settings["quantum_jitter"], true);
    assert_eq!(settings["alpha"], 0.18);
    let args = ["simulate", "--config", "a.json", "--no-quantum-jitter", "--json"];
    assert_eq!(json(&done(folder.path(), &args))["settings"]["quantum_jitter"], false);
}

#[test]
fn a_bad_config_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let said = |text: &[u8]| {
        std::fs::write(folder.path().join("a.json"), text).unwrap();
        refused(folder.path(), &["simulate", "--config", "a.json"])
    };
    let text = said(b"{\n  \"gridsize\": 32\n}");
    assert!(text.contains("a.json:2:") && text.contains("`gridsize`"), "{text}");
    let text = said(b"{\n\n  \"alpha\": 0.9\n}");
    assert!(text.contains("a.json:3: `alpha` is 0.9"), "{text}");
    let text = said(b"{\"steps\": \"many\"}");
    assert!(text.contains("a.json:1:") && text.contains("many"), "{text}");
    assert!(said(b"").contains("a.json:1:0"));
    assert!(said(b"{\"steps\": 5").contains("a.json:1:11"));
    assert!(said(b"\xff\xfe").contains("a.json"));
    let text = refused(folder.path(), &["simulate", "--config", "none.json"]);
    assert!(text.contains("none.json") && text.contains("No such file"), "{text}");
}

#[test]
fn values_out_of_bounds_are_refused_by_name_value_and_bounds() {
    let folder = tempfile::tempdir().unwrap();
    for (flag, value, said) in [
        ("--alpha", "0.26", "`alpha` is 0.26, but must be from 0.001 to 0.25"),
        ("--alpha", "-0.1", "`alpha` is -0.1"),
        ("--alpha", "nan", "`alpha` is NaN"),
        ("--grid-size", "3", "`grid_size` is 3"),
        ("--grid-size", "99999999999", "`grid_size` is 99999999999"),
        ("--steps", "0", "`steps` is 0"),
        ("--spike-probability", "1.5", "`spike_probability` is 1.5"),
        ("--jitter-var", "0.02", "`jitter_var` is 0.02"),
        ("--frames", "0", "`--frames` is 0"),
        ("--range", "5,1", "5 is not below 1"),
        ("--preset", "dem", "demo"),
        ("--boundary", "neuman", "neumann"),
        ("--feed", "0.1", "say which by --pattern"),
    ] {
        let text = refused(folder.path(), &["simulate", flag, value]);
        assert!(text.contains(said), "{flag} {value}: {text}");
    }
}

#[test]
fn what_could_not_be_written_is_refused_before_the_work() {
    let folder = tempfile::tempdir().unwrap();
    for (flag, file, said) in [
        ("--png", "a.jpg", ".png"),
        ("--png", "none/a.png", "none/a.png"),
        ("--history", "a.npy", ".npz"),
        ("--field", "a.txt", ".npy or .csv"),
        ("--field", "none/a.csv", "No such file"),
    ] {
        let args = ["simulate", "-g", "1024", "-t", "10000", flag, file];
        let text = refused(folder.path(), &args);
        assert!(text.contains(said), "{flag} {file}: {text}");
    }
    let args = ["simulate", "-g", "1024", "-t", "10000", "--history", "a.npz"];
    assert!(refused(folder.path(), &args).contains("256 steps at most"));
}

#[test]
fn a_pattern_tells_its_wavelength_beside_that_of_theory() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["simulate", "--pattern", "schnakenberg", "-g", "32", "-t", "4000", "--json"];
    let told = json(&done(folder.path(), &args));
    let (measured, predicted) = (&told["wavelength_cells"], &told["predicted_wavelength_cells"]);
    let (measured, predicted) = (measured.as_f64().unwrap(), predicted.as_f64().unwrap());
    assert!((measured / predicted - 1.0).abs() < 0.25, "{measured} {predicted}");
}

#[test]
fn patterns_refuse_what_belongs_to_others() {
    let folder = tempfile::tempdir().unwrap();
    for (args, said) in [
        (&["--pattern", "spots", "--alpha", "0.1"][..], "`--alpha` is about the membrane"),
        (&["--pattern", "spots", "--a", "0.1"], "`--a` means nothing to Gray-Scott"),
        (&["--pattern", "schnakenberg", "--feed", "0.1"], "means nothing to Schnakenberg"),
        (&["--pattern", "schnakenberg", "--time-step", "1"], "time step of 1"),
        (&["--pattern", "turing"], "schnakenberg"),
    ] {
        let text = refused(folder.path(), &[&["simulate"], args].concat());
        assert!(text.contains(said), "{args:?}: {text}");
    }
}

#[test]
fn an_interrupted_simulation_tells_how_far_it_came_and_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["simulate", "-g", "1024", "-t", "10000", "--quantum-jitter", "--json"];
    let child = begin(folder.path(), &[&args[..], &["--png", "a.png"]].concat());
    until_it_listens(&child);
    signal(&child, Signal::INT);
    let told = told(child.wait_with_output().unwrap());
    assert_eq!(told.code, Some(130), "{}", told.err);
    assert!(told.err.contains("STOPPED after"), "{}", told.err);
    assert_eq!(json(&told.out)["is_complete"], false);
    assert_eq!(picture(&folder.path().join("a.png")).0.width, 1024);
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_could_not_be_written_is_no_success() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), &["simulate", "--preset", "demo", "--json"]);
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let told = told(command.stdout(full).output().unwrap());
    assert_eq!(told.code, Some(1), "{}", told.err);
    assert!(told.err.contains("could not write to standard output"), "{}", told.err);
}

const FILES: [(&str, &str); 4] =
    [("--png", "a.png"), ("--animate", "b.png"), ("--field", "c.npy"), ("--history", "d.npz")];

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_finds_no_room_is_told_by_its_name_and_no_success() {
    let folder = tempfile::tempdir().unwrap();
    for (flag, file) in FILES {
        std::os::unix::fs::symlink("/dev/full", folder.path().join(file)).unwrap();
        let args = ["simulate", "--preset", "demo", flag, file];
        let told = super::run(folder.path(), &args);
        assert_eq!((told.code, told.out.as_str()), (Some(1), ""), "{flag}: {}", told.err);
        assert!(told.err.contains(file) && told.err.contains("No space"), "{}", told.err);
    }
}

/// The name of a file leads to the old one as long as the new one is not whole: another name of
/// the old one keeps it.
#[test]
fn files_take_the_place_of_old_ones_and_never_overwrite_them() {
    let folder = tempfile::tempdir().unwrap();
    for (flag, file) in FILES {
        let (new, old) = (folder.path().join(file), folder.path().join("old"));
        std::fs::write(&new, "old").unwrap();
        std::fs::hard_link(&new, &old).unwrap();
        done(folder.path(), &["simulate", "--preset", "demo", flag, file]);
        assert_eq!(std::fs::read(&old).unwrap(), b"old", "{flag}");
        assert_ne!(std::fs::read(&new).unwrap(), b"old", "{flag}");
        std::fs::remove_file(&old).unwrap();
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), FILES.len());
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), &["simulate", "--preset", "demo"]);
    let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
