//! `tollgate bench`: commands timed without a budget file.

use super::Folder;

#[test]
fn one_command_is_timed_with_its_interval() {
    let shown =
        Folder::empty().run(&["bench", "--runs", "8", "--", "sleep", "0.01"]).expect(0).stdout;
    for words in
        ["sleep 0.01", "median, 95 % interval", "peak memory", "8 trials after 1 warm-up\n"]
    {
        assert!(shown.contains(words), "{shown}");
    }
}

#[test]
fn several_commands_are_compared() {
    let shown =
        Folder::empty().run(&["bench", "-r", "8", "sleep 0.01", "sleep 0.04"]).expect(0).stdout;
    let line = shown.lines().find(|line| line.contains("times")).unwrap();
    assert!(line.starts_with("sleep 0.04 takes"), "{line}");
}

#[test]
fn a_failing_command_ends_it_unless_told() {
    let folder = Folder::empty();
    let ended = folder.run(&["bench", "false"]).expect(2);
    assert!(ended.stderr.contains("--ignore-failure"), "{}", ended.stderr);
    folder.run(&["bench", "--ignore-failure", "-r", "3", "false"]).expect(0);
    folder.run(&["bench", "no-such-program"]).expect(2);
    folder.run(&["bench", "echo 'open"]).expect(2);
}

#[test]
fn figures_are_written_as_json_that_is_read_back() {
    let folder = Folder::empty();
    folder.run(&["bench", "-r", "6", "--json", "out.json", "true"]).expect(0);
    let ended = folder.run(&["judge", "out.json", "--budget", "wall median <= 10s"]).expect(0);
    assert!(ended.stdout.contains("within"), "{}", ended.stdout);
}

#[test]
fn a_shell_is_used_when_asked_for() {
    let folder = Folder::empty();
    folder.run(&["bench", "-S", "-r", "2", "true && true"]).expect(0);
}
