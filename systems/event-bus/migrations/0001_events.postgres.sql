-- Every event, in the order of the producers' clocks.
CREATE TABLE event (
    id BYTEA PRIMARY KEY,
    timestamp_ms BIGINT NOT NULL,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    subject TEXT,
    username TEXT,
    source TEXT NOT NULL,
    correlation_id BYTEA,
    priority BIGINT NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT
);
CREATE INDEX event_by_time ON event (timestamp_ms, id);
CREATE INDEX event_by_kind ON event (kind, timestamp_ms, id);
CREATE INDEX event_by_user ON event (username, timestamp_ms, id) WHERE username IS NOT NULL;
CREATE INDEX event_by_correlation ON event (correlation_id, timestamp_ms, id)
    WHERE correlation_id IS NOT NULL;
