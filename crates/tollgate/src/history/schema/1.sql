-- Columns beside `head` are copies of what it says, to choose runs by.
CREATE TABLE run (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    project TEXT NOT NULL,
    branch TEXT,
    commit_hash TEXT,
    dirty INTEGER NOT NULL,
    started_ms INTEGER NOT NULL,
    head TEXT NOT NULL,
    ended_ms INTEGER,
    state TEXT NOT NULL,
    trials INTEGER NOT NULL,
    outcome TEXT,
    sum INTEGER NOT NULL
) STRICT;
CREATE INDEX run_by_time ON run (started_ms);

CREATE TABLE planned (
    case_name TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    PRIMARY KEY (case_name, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX planned_of_run ON planned (run);

-- `sum` covers the trial and all of its series.
CREATE TABLE trial (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    case_name TEXT NOT NULL,
    operation TEXT,
    number INTEGER NOT NULL,
    position INTEGER NOT NULL,
    started_ms INTEGER NOT NULL,
    elapsed_ns INTEGER NOT NULL,
    failure TEXT,
    output TEXT,
    series INTEGER NOT NULL,
    sum INTEGER NOT NULL
) STRICT;
CREATE INDEX trial_of_run ON trial (run);

CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    trial_id INTEGER NOT NULL REFERENCES trial (id) ON DELETE CASCADE,
    operation TEXT,
    metric TEXT NOT NULL,
    dimension TEXT NOT NULL,
    kind TEXT NOT NULL,
    resolution BLOB,
    blob BLOB NOT NULL
) STRICT;
CREATE INDEX series_of_trial ON series (trial_id);

CREATE TABLE judgement (
    run INTEGER PRIMARY KEY REFERENCES run (key) ON DELETE CASCADE,
    judgement TEXT NOT NULL,
    sum INTEGER NOT NULL
) STRICT;

-- A run that a baseline holds cannot be deleted.
CREATE TABLE baseline (
    name TEXT NOT NULL,
    place INTEGER NOT NULL,
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE RESTRICT,
    PRIMARY KEY (name, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX baseline_of_run ON baseline (run);
