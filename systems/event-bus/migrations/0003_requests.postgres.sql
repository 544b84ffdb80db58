-- What is asked for: messages to the channel, and values that plugins keep.
CREATE TABLE outbound (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    timestamp_ms BIGINT NOT NULL,
    message TEXT NOT NULL,
    retry_count BIGINT NOT NULL DEFAULT 0,
    last_error TEXT,
    due_ms BIGINT NOT NULL,
    sent_ms BIGINT
);
CREATE INDEX outbound_by_sent ON outbound (sent_ms, id);
CREATE TABLE kv (
    plugin TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    value TEXT NOT NULL,
    expires_ms BIGINT,
    PRIMARY KEY (plugin, key)
);
CREATE INDEX kv_by_expiry ON kv (expires_ms) WHERE expires_ms IS NOT NULL;
