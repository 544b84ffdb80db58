-- Small texts by name that others than runs leave here, such as what a watcher has told.
CREATE TABLE kept (
    name TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    sum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
