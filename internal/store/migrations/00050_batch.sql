-- +goose Up
-- A change set at work. source_cursor and segment_cursor say how far the walk
-- over affected targets has come; worked is time in microseconds.
CREATE TABLE batch (
    id             KEY,
    change_set     BIGINT NOT NULL,
    title          TEXT NOT NULL,
    author         TEXT NOT NULL,
    applied_by     TEXT NOT NULL,
    state          TEXT NOT NULL,
    phase          TEXT NOT NULL,
    scope          TEXT NOT NULL,
    before_version BIGINT NOT NULL,
    after_version  BIGINT NOT NULL,
    restored       BIGINT NOT NULL DEFAULT 0,
    source_cursor  BIGINT NOT NULL DEFAULT 0,
    segment_cursor BIGINT NOT NULL DEFAULT 0,
    total          BIGINT NOT NULL DEFAULT 0,
    done           BIGINT NOT NULL DEFAULT 0,
    problem        TEXT NOT NULL DEFAULT '',
    started        BIGINT NOT NULL,
    ended          BIGINT NOT NULL DEFAULT 0,
    worked         BIGINT NOT NULL DEFAULT 0,
    undone_by      TEXT NOT NULL DEFAULT ''
);
CREATE INDEX batch_state ON batch (state);
CREATE INDEX batch_change_set ON batch (change_set);

-- The same replacement in many targets of one locale.
CREATE TABLE batch_group (
    id       KEY,
    batch_id BIGINT NOT NULL,
    gkey     TEXT NOT NULL,
    locale   TEXT NOT NULL,
    concept  TEXT NOT NULL,
    old_text TEXT NOT NULL,
    new_text TEXT NOT NULL,
    replaced TEXT NOT NULL,
    certain  BIGINT NOT NULL,
    why      TEXT NOT NULL,
    UNIQUE (batch_id, gkey)
);

CREATE TABLE batch_item (
    batch_id    BIGINT NOT NULL,
    target_id   BIGINT NOT NULL,
    edition_id  BIGINT NOT NULL,
    release_id  BIGINT NOT NULL,
    group_id    BIGINT NOT NULL,
    class       TEXT NOT NULL,
    action      TEXT NOT NULL,
    status      TEXT NOT NULL,
    before_id   BIGINT NOT NULL,
    after_id    BIGINT NOT NULL DEFAULT 0,
    proposal_id BIGINT NOT NULL DEFAULT 0,
    why         TEXT NOT NULL DEFAULT '',
    decided_by  TEXT NOT NULL DEFAULT '',
    at          BIGINT NOT NULL,
    PRIMARY KEY (batch_id, target_id)
);
CREATE INDEX batch_item_group ON batch_item (batch_id, group_id, status, class, action, release_id);
CREATE INDEX batch_item_proposal ON batch_item (proposal_id) WHERE proposal_id > 0;
CREATE INDEX batch_item_target ON batch_item (target_id) WHERE status IN ('waiting', 'conflict', 'task', 'pending');

-- What a batch put in place of entries of the memory; after_id is 0 where an
-- entry was set aside.
CREATE TABLE batch_memory (
    batch_id  BIGINT NOT NULL,
    before_id BIGINT NOT NULL,
    after_id  BIGINT NOT NULL DEFAULT 0,
    undone    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (batch_id, before_id)
);

CREATE TABLE batch_decision (
    id       KEY,
    batch_id BIGINT NOT NULL,
    who      TEXT NOT NULL,
    accept   BIGINT NOT NULL,
    teach    TEXT NOT NULL DEFAULT '',
    reason   TEXT NOT NULL DEFAULT '',
    group_list TEXT NOT NULL,
    target_list TEXT NOT NULL,
    locale   TEXT NOT NULL DEFAULT '',
    pos      BIGINT NOT NULL DEFAULT 0,
    total    BIGINT NOT NULL DEFAULT 0,
    done     BIGINT NOT NULL DEFAULT 0,
    accepted BIGINT NOT NULL DEFAULT 0,
    rejected BIGINT NOT NULL DEFAULT 0,
    lost     BIGINT NOT NULL DEFAULT 0,
    made     BIGINT NOT NULL,
    ended    BIGINT NOT NULL DEFAULT 0,
    taught   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX batch_decision_batch ON batch_decision (batch_id, ended);

-- Approved and public editions that are revising for nothing but proposals of
-- batches. stamp is the edition's time of change: another one says that
-- somebody has touched it otherwise since. was is its state before.
CREATE TABLE edition_hold (
    edition_id BIGINT PRIMARY KEY,
    was        TEXT NOT NULL,
    stamp      BIGINT NOT NULL
);

-- What was put right in public editions.
CREATE TABLE correction (
    id         KEY,
    edition_id BIGINT NOT NULL,
    batch_id   BIGINT NOT NULL,
    old_text   TEXT NOT NULL,
    new_text   TEXT NOT NULL,
    who        TEXT NOT NULL,
    at         BIGINT NOT NULL,
    published  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX correction_edition ON correction (edition_id, at);
CREATE INDEX correction_batch ON correction (batch_id, id);

-- +goose Down
DROP TABLE correction;
DROP TABLE edition_hold;
DROP TABLE batch_decision;
DROP TABLE batch_memory;
DROP TABLE batch_item;
DROP TABLE batch_group;
DROP TABLE batch;
