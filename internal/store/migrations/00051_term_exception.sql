-- +goose Up
-- Sentences in which a rendering that the glossary does not list is right for
-- a concept (by its key), as people decided.
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

-- +goose Down
DROP TABLE term_exception;
