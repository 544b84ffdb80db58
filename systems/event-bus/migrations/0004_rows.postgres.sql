-- Tables of plugins: what their fields are, and their rows.
CREATE TABLE plugin_table (
    plugin TEXT NOT NULL,
    name TEXT NOT NULL,
    fields TEXT NOT NULL,
    next_id BIGINT NOT NULL,
    PRIMARY KEY (plugin, name)
);
CREATE TABLE plugin_row (
    plugin TEXT NOT NULL,
    name TEXT NOT NULL,
    id BIGINT NOT NULL,
    data TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    PRIMARY KEY (plugin, name, id)
);
