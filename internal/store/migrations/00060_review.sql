-- +goose Up
-- What reviewers do with an edition besides writing and approving.

-- How many segments after it a target says too (above 0), or how many before
-- it the target stands that says it (below 0).
ALTER TABLE target ADD COLUMN joined BIGINT NOT NULL DEFAULT 0;

-- What people say to each other about a segment, or the whole (target_id 0).
CREATE TABLE remark (
    id          KEY,
    edition_id  BIGINT NOT NULL,
    target_id   BIGINT NOT NULL DEFAULT 0,
    who         TEXT NOT NULL,
    text        TEXT NOT NULL,
    created     BIGINT NOT NULL,
    resolved_by TEXT NOT NULL DEFAULT '',
    resolved_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX remark_edition ON remark (edition_id, id);

CREATE TABLE mention (
    remark_id  BIGINT NOT NULL,
    person     TEXT NOT NULL,
    edition_id BIGINT NOT NULL,
    seen       BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (remark_id, person)
);
CREATE INDEX mention_person ON mention (person, seen, edition_id);

-- What an act of a person changed in targets, so that they can take it back.
CREATE TABLE undo (
    id         KEY,
    edition_id BIGINT NOT NULL,
    who        TEXT NOT NULL,
    what       TEXT NOT NULL,
    body       TEXT NOT NULL,
    at         BIGINT NOT NULL,
    undone     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX undo_who ON undo (edition_id, who, undone, id);

-- Who approved which words for which source, and when.
CREATE TABLE approval (
    id          KEY,
    edition_id  BIGINT NOT NULL,
    target_id   BIGINT NOT NULL,
    version_id  BIGINT NOT NULL,
    who         TEXT NOT NULL,
    source_hash BYTES NOT NULL,
    at          BIGINT NOT NULL
);
CREATE INDEX approval_edition ON approval (edition_id, who, id);

-- The words of a quotation as they were first spoken. Without a wording one
-- knows no more than that they were spoken in that language. The newest row counts.
CREATE TABLE original (
    id         KEY,
    release_id BIGINT NOT NULL,
    locale     TEXT NOT NULL,
    quote      TEXT NOT NULL,
    wording    TEXT NOT NULL,
    who        TEXT NOT NULL,
    created    BIGINT NOT NULL
);
CREATE INDEX original_release ON original (release_id, id);

-- What a person has chosen for themselves.
CREATE TABLE preference (
    person_id BIGINT NOT NULL,
    name      TEXT NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (person_id, name)
);

-- +goose Down
DROP TABLE preference;
DROP TABLE original;
DROP TABLE approval;
DROP TABLE undo;
DROP TABLE mention;
DROP TABLE remark;
ALTER TABLE target DROP COLUMN joined;
