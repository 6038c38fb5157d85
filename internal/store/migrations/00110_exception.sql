-- +goose Up
-- Exceptions are part of their concepts, which are versioned.
DROP TABLE term_exception;

-- +goose Down
CREATE TABLE term_exception (
    locale   TEXT NOT NULL,
    exact    BYTES NOT NULL,
    concept  TEXT NOT NULL,
    batch_id BIGINT NOT NULL,
    who      TEXT NOT NULL,
    why      TEXT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (locale, exact, concept)
);
