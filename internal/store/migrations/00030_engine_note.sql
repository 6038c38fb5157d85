-- +goose Up
-- What an engine must know again after a restart: its glossaries at the
-- service, an operation that is under way there.
CREATE TABLE engine_note (
    engine  TEXT NOT NULL,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (engine, name)
);

-- Which revisions are confidential, for what is worked out of all of them.
CREATE TABLE revision_privacy (
    revision_id  BIGINT NOT NULL PRIMARY KEY,
    confidential BIGINT NOT NULL
);
CREATE INDEX revision_privacy_confidential ON revision_privacy (confidential, revision_id);

-- +goose Down
DROP TABLE revision_privacy;
DROP TABLE engine_note;
