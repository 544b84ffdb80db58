-- Tables of plugins: what their fields are, and their rows.
CREATE TABLE plugin_table (
    plugin TEXT NOT NULL,
    name TEXT NOT NULL,
    fields TEXT NOT NULL,
    next_id INTEGER NOT NULL,
    PRIMARY KEY (plugin, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE plugin_row (
    plugin TEXT NOT NULL,
    name TEXT NOT NULL,
    id INTEGER NOT NULL,
    data TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    PRIMARY KEY (plugin, name, id)
) STRICT, WITHOUT ROWID;
