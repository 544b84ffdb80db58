-- Every event, in the order of the producers' clocks.
CREATE TABLE event (
    id BLOB PRIMARY KEY,
    timestamp_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    subject TEXT,
    username TEXT,
    source TEXT NOT NULL,
    correlation_id BLOB,
    priority INTEGER NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT
) STRICT, WITHOUT ROWID;
-- Each ends with the primary key, so that it gives the same order as the table's.
CREATE INDEX event_by_time ON event (timestamp_ms);
CREATE INDEX event_by_kind ON event (kind, timestamp_ms);
CREATE INDEX event_by_user ON event (username, timestamp_ms) WHERE username IS NOT NULL;
CREATE INDEX event_by_correlation ON event (correlation_id, timestamp_ms)
    WHERE correlation_id IS NOT NULL;
