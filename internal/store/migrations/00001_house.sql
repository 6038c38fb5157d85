-- +goose Up
-- One text for SQLite and PostgreSQL. Times are microseconds since 1970 UTC,
-- hashes are BLOB/BYTEA written as "BYTES" here and named per database by the
-- loader, as is "KEY" for a 64-bit primary key that the program numbers.

CREATE TABLE id_block (
    name TEXT PRIMARY KEY,
    next BIGINT NOT NULL
);
INSERT INTO id_block (name, next) VALUES ('all', 1);

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE source_file (
    path     TEXT PRIMARY KEY,
    size     BIGINT NOT NULL,
    mtime    BIGINT NOT NULL,
    hash     BYTES NOT NULL,
    seen     BIGINT NOT NULL,
    problem  TEXT NOT NULL DEFAULT ''
);

CREATE TABLE release (
    id          KEY,
    rkey        TEXT NOT NULL UNIQUE,
    path        TEXT NOT NULL,
    slug        TEXT NOT NULL,
    title       TEXT NOT NULL,
    created     BIGINT NOT NULL,
    removed     BIGINT NOT NULL DEFAULT 0,
    revision_id BIGINT NOT NULL
);
CREATE INDEX release_path ON release (path);
CREATE UNIQUE INDEX release_slug ON release (slug) WHERE removed = 0;

CREATE TABLE revision (
    id         KEY,
    release_id BIGINT NOT NULL,
    number     BIGINT NOT NULL,
    hash       BYTES NOT NULL,
    format     TEXT NOT NULL,
    path       TEXT NOT NULL,
    body       BYTES NOT NULL,
    parser     BIGINT NOT NULL DEFAULT 0,
    created    BIGINT NOT NULL,
    UNIQUE (release_id, number)
);

CREATE TABLE unit (
    id          KEY,
    revision_id BIGINT NOT NULL,
    position    BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    level       BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX unit_revision ON unit (revision_id, position);

CREATE TABLE source_text (
    id   KEY,
    hash BYTES NOT NULL UNIQUE,
    norm BYTES NOT NULL,
    text TEXT NOT NULL,
    terms_version BIGINT NOT NULL
);

CREATE TABLE segment (
    id          KEY,
    revision_id BIGINT NOT NULL,
    position    BIGINT NOT NULL,
    unit        BIGINT NOT NULL,
    source_id   BIGINT NOT NULL
);
CREATE INDEX segment_revision ON segment (revision_id, position);
CREATE INDEX segment_source ON segment (source_id);

CREATE TABLE concept (
    id  KEY,
    ckey TEXT NOT NULL UNIQUE
);

CREATE TABLE glossary_version (
    number  BIGINT PRIMARY KEY,
    created BIGINT NOT NULL,
    author  TEXT NOT NULL,
    reason  TEXT NOT NULL,
    fingerprint TEXT NOT NULL
);

CREATE TABLE concept_version (
    concept_id BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    position   BIGINT NOT NULL,
    body       TEXT NOT NULL,
    retired    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (concept_id, version)
);

-- Where a concept's names stand in a distinct source text, whatever the
-- document: the index that makes a glossary change cheap.
CREATE TABLE occurrence (
    source_id  BIGINT NOT NULL,
    concept_id BIGINT NOT NULL,
    start_byte BIGINT NOT NULL,
    end_byte   BIGINT NOT NULL,
    nested     BIGINT NOT NULL
);
CREATE INDEX occurrence_source ON occurrence (source_id);
CREATE INDEX occurrence_concept ON occurrence (concept_id);

-- Occurrences that count only in the documents that license them.
CREATE TABLE licence (
    segment_id BIGINT NOT NULL,
    concept_id BIGINT NOT NULL,
    start_byte BIGINT NOT NULL,
    end_byte   BIGINT NOT NULL
);
CREATE INDEX licence_segment ON licence (segment_id);
CREATE INDEX licence_concept ON licence (concept_id);

CREATE TABLE edition (
    id          KEY,
    release_id  BIGINT NOT NULL,
    locale      TEXT NOT NULL,
    state       TEXT NOT NULL,
    revision_id BIGINT NOT NULL,
    reason      TEXT NOT NULL DEFAULT '',
    assignee    TEXT NOT NULL DEFAULT '',
    due         BIGINT NOT NULL DEFAULT 0,
    embargo     BIGINT NOT NULL DEFAULT 0,
    updated     BIGINT NOT NULL,
    public      BIGINT NOT NULL DEFAULT 0,
    publishable BIGINT NOT NULL DEFAULT 1,
    segments    BIGINT NOT NULL DEFAULT 0,
    n_exact     BIGINT NOT NULL DEFAULT 0,
    n_context   BIGINT NOT NULL DEFAULT 0,
    n_fuzzy     BIGINT NOT NULL DEFAULT 0,
    n_repaired  BIGINT NOT NULL DEFAULT 0,
    n_engine    BIGINT NOT NULL DEFAULT 0,
    n_human     BIGINT NOT NULL DEFAULT 0,
    n_untranslated BIGINT NOT NULL DEFAULT 0,
    n_reviewed  BIGINT NOT NULL DEFAULT 0,
    n_errors    BIGINT NOT NULL DEFAULT 0,
    n_warnings  BIGINT NOT NULL DEFAULT 0,
    n_proposals BIGINT NOT NULL DEFAULT 0,
    UNIQUE (release_id, locale)
);
CREATE INDEX edition_queue ON edition (state, updated, id);
CREATE INDEX edition_updated ON edition (updated);
CREATE INDEX edition_locale ON edition (locale, state, updated, id);

CREATE TABLE target (
    id          KEY,
    edition_id  BIGINT NOT NULL,
    segment_id  BIGINT NOT NULL,
    position    BIGINT NOT NULL,
    state       TEXT NOT NULL,
    standing_id BIGINT NOT NULL DEFAULT 0,
    approved_by TEXT NOT NULL DEFAULT '',
    approved_source BYTES,
    omitted     TEXT NOT NULL DEFAULT '',
    n_errors    BIGINT NOT NULL DEFAULT 0,
    n_warnings  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX target_edition ON target (edition_id, position);

CREATE TABLE version (
    id          KEY,
    target_id   BIGINT NOT NULL,
    parent_id   BIGINT NOT NULL DEFAULT 0,
    text        TEXT NOT NULL,
    origin_kind TEXT NOT NULL,
    origin      TEXT NOT NULL,
    author      TEXT NOT NULL DEFAULT '',
    source_hash BYTES NOT NULL,
    glossary    BIGINT NOT NULL,
    created     BIGINT NOT NULL
);
CREATE INDEX version_target ON version (target_id, id);

CREATE TABLE finding (
    version_id BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    rule       TEXT NOT NULL,
    severity   TEXT NOT NULL,
    body       TEXT NOT NULL,
    dismissed_by TEXT NOT NULL DEFAULT '',
    dismissed_at BIGINT NOT NULL DEFAULT 0,
    dismissed_why TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (version_id, seq)
);

CREATE TABLE proposal (
    id        KEY,
    target_id BIGINT NOT NULL,
    base_id   BIGINT NOT NULL,
    text      TEXT NOT NULL,
    origin    TEXT NOT NULL,
    cause     TEXT NOT NULL,
    cause_id  BIGINT NOT NULL DEFAULT 0,
    status    TEXT NOT NULL,
    created   BIGINT NOT NULL,
    decided_by TEXT NOT NULL DEFAULT '',
    decided_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX proposal_target ON proposal (target_id, status);

-- What a person is typing and has not left yet.
CREATE TABLE draft (
    target_id BIGINT NOT NULL,
    who       TEXT NOT NULL,
    base_id   BIGINT NOT NULL,
    text      TEXT NOT NULL,
    saved     BIGINT NOT NULL,
    PRIMARY KEY (target_id, who)
);

CREATE TABLE memory_entry (
    id        KEY,
    locale    TEXT NOT NULL,
    source    TEXT NOT NULL,
    target    TEXT NOT NULL,
    exact     BYTES NOT NULL,
    prev      BYTES NOT NULL,
    next      BYTES NOT NULL,
    origin    TEXT NOT NULL,
    target_id BIGINT NOT NULL DEFAULT 0,
    approver  TEXT NOT NULL DEFAULT '',
    confidential BIGINT NOT NULL DEFAULT 0,
    created   BIGINT NOT NULL,
    removed   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX memory_exact ON memory_entry (exact, locale);
CREATE INDEX memory_target ON memory_entry (target_id);

-- What changed in the memory, for the processes that hold its index. Ids are
-- given before the commit, so a reader looks back over an overlap.
CREATE TABLE memory_log (
    id       KEY,
    entry_id BIGINT NOT NULL,
    at       BIGINT NOT NULL
);
CREATE INDEX memory_log_at ON memory_log (at);

CREATE TABLE publication (
    id         KEY,
    edition_id BIGINT NOT NULL,
    revision_id BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    act        TEXT NOT NULL,
    hash       BYTES NOT NULL
);
CREATE INDEX publication_edition ON publication (edition_id, at);

CREATE TABLE public_page (
    edition_id  BIGINT PRIMARY KEY,
    release_id  BIGINT NOT NULL,
    revision_id BIGINT NOT NULL,
    locale      TEXT NOT NULL,
    slug        TEXT NOT NULL,
    at          BIGINT NOT NULL,
    modified    BIGINT NOT NULL,
    hash        BYTES NOT NULL,
    entry       BYTES NOT NULL,
    body        BYTES NOT NULL
);
CREATE INDEX public_page_release ON public_page (release_id);
CREATE INDEX public_page_locale ON public_page (locale, at);

CREATE TABLE engine_reply (
    ckey    BYTES PRIMARY KEY,
    text    TEXT NOT NULL,
    engine  TEXT NOT NULL,
    locale  TEXT NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE engine_call (
    id         KEY,
    engine     TEXT NOT NULL,
    locale     TEXT NOT NULL,
    edition_id BIGINT NOT NULL,
    batch      BYTES NOT NULL,
    characters BIGINT NOT NULL,
    status     TEXT NOT NULL,
    started    BIGINT NOT NULL,
    ended      BIGINT NOT NULL DEFAULT 0,
    detail     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX engine_call_batch ON engine_call (batch, status);

CREATE TABLE person (
    id      KEY,
    name    TEXT NOT NULL UNIQUE,
    role    TEXT NOT NULL,
    locales TEXT NOT NULL DEFAULT '',
    password TEXT NOT NULL DEFAULT '',
    created BIGINT NOT NULL,
    disabled BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE sign_in_link (
    hash    BYTES PRIMARY KEY,
    person_id BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    used    BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE session (
    token  TEXT PRIMARY KEY,
    data   BYTES NOT NULL,
    expiry BIGINT NOT NULL
);
CREATE INDEX session_expiry ON session (expiry);

CREATE TABLE audit (
    id      KEY,
    at      BIGINT NOT NULL,
    who     TEXT NOT NULL,
    what    TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    detail  TEXT NOT NULL DEFAULT ''
);
CREATE INDEX audit_subject ON audit (subject, subject_id, id);

-- +goose Down
-- The first schema has nothing below it: start from an empty database.
SELECT 1;
