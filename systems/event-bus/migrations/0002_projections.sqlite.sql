-- What the events add up to.
CREATE TABLE member (
    username TEXT PRIMARY KEY,
    first_seen_ms INTEGER NOT NULL,
    last_seen_ms INTEGER NOT NULL,
    chat_lines INTEGER NOT NULL,
    connected_ms INTEGER NOT NULL,
    session_start_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE medium (
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    plays INTEGER NOT NULL,
    last_played_ms INTEGER NOT NULL,
    PRIMARY KEY (type, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE high_water (
    what TEXT PRIMARY KEY,
    users INTEGER NOT NULL,
    timestamp_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
