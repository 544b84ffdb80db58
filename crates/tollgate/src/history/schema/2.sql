-- What a long trial came to so far; gone once the trial is stored.
CREATE TABLE checkpoint (
    run INTEGER PRIMARY KEY REFERENCES run (key) ON DELETE CASCADE,
    keeper TEXT NOT NULL,
    plan TEXT NOT NULL,
    trial BLOB NOT NULL,
    sum INTEGER NOT NULL
) STRICT;

-- Remarks made while a run was measured, such as the summary of an hour.
CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX note_of_run ON note (run);
