-- What the events add up to.
CREATE TABLE member (
    username TEXT COLLATE "C" PRIMARY KEY,
    first_seen_ms BIGINT NOT NULL,
    last_seen_ms BIGINT NOT NULL,
    chat_lines BIGINT NOT NULL,
    connected_ms BIGINT NOT NULL,
    session_start_ms BIGINT
);
CREATE TABLE medium (
    type TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    title TEXT NOT NULL,
    plays BIGINT NOT NULL,
    last_played_ms BIGINT NOT NULL,
    PRIMARY KEY (type, id)
);
CREATE TABLE high_water (
    what TEXT PRIMARY KEY,
    users BIGINT NOT NULL,
    timestamp_ms BIGINT NOT NULL
);
