-- +goose Up
-- The ledger of calls to engines, their replies, and sums of both. The tables
-- of the first schema were never written.
DROP TABLE engine_reply;
DROP TABLE engine_call;

-- What engines replied, by everything that the reply depends on. call_id is
-- the call that asked for it last: when that is interrupted, its replies are
-- counted as lost.
CREATE TABLE engine_reply (
    ckey    BYTES PRIMARY KEY,
    call_id BIGINT NOT NULL DEFAULT 0,
    text    TEXT NOT NULL DEFAULT '',
    raw     TEXT NOT NULL DEFAULT '',
    engine  TEXT NOT NULL,
    locale  TEXT NOT NULL,
    confidential BIGINT NOT NULL DEFAULT 0,
    broken  BIGINT NOT NULL DEFAULT 0,
    lost    BIGINT NOT NULL DEFAULT 0,
    created BIGINT NOT NULL
);
CREATE INDEX engine_reply_call ON engine_reply (call_id);

CREATE TABLE engine_call (
    id         KEY,
    process    TEXT NOT NULL,
    engine     TEXT NOT NULL,
    model      TEXT NOT NULL,
    locale     TEXT NOT NULL,
    release_id BIGINT NOT NULL,
    edition_id BIGINT NOT NULL,
    confidential BIGINT NOT NULL,
    segments   BIGINT NOT NULL,
    characters BIGINT NOT NULL,
    characters_out BIGINT NOT NULL DEFAULT 0,
    attempt    BIGINT NOT NULL,
    status     TEXT NOT NULL,
    price      BIGINT NOT NULL,
    currency   TEXT NOT NULL,
    started    BIGINT NOT NULL,
    ended      BIGINT NOT NULL DEFAULT 0,
    detail     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX engine_call_started ON engine_call (started);
CREATE INDEX engine_call_release ON engine_call (release_id, locale);
CREATE INDEX engine_call_open ON engine_call (process) WHERE status = 'intent';

-- What each engine was sent and cost, by month and locale; the locale '' is
-- all of them together, the row that a budget is held against.
CREATE TABLE engine_month (
    engine   TEXT NOT NULL,
    month    TEXT NOT NULL,
    locale   TEXT NOT NULL,
    calls    BIGINT NOT NULL,
    lost     BIGINT NOT NULL,
    characters     BIGINT NOT NULL,
    characters_out BIGINT NOT NULL,
    price    BIGINT NOT NULL,
    currency TEXT NOT NULL,
    PRIMARY KEY (engine, month, locale)
);

CREATE TABLE engine_tally (
    engine TEXT NOT NULL,
    locale TEXT NOT NULL,
    month  TEXT NOT NULL,
    kind   TEXT NOT NULL,
    name   TEXT NOT NULL,
    n      BIGINT NOT NULL,
    PRIMARY KEY (engine, locale, month, kind, name)
);

-- +goose Down
DROP TABLE engine_tally;
DROP TABLE engine_month;
DROP TABLE engine_call;
DROP TABLE engine_reply;
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
