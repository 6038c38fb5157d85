-- +goose Up
-- Where a concept stands, the newest texts first, and what a version of the
-- glossary changed.
CREATE INDEX occurrence_newest ON occurrence (concept_id, source_id);
CREATE INDEX concept_version_version ON concept_version (version);

-- Every change of an edition's state, so that what stood where can be counted
-- back day by day. was is empty where the edition came into being.
CREATE TABLE edition_step (
    edition_id BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    locale     TEXT NOT NULL,
    was        TEXT NOT NULL,
    became     TEXT NOT NULL
);
CREATE INDEX edition_step_at ON edition_step (at, locale, was, became);
CREATE INDEX edition_step_edition ON edition_step (edition_id, at);

-- The page of a line of the publication log, as it was written then.
CREATE TABLE publication_body (
    publication_id KEY,
    body           BYTES NOT NULL
);

-- Findings that a person dismissed: what the glossary may learn from.
CREATE INDEX finding_dismissed ON finding (dismissed_at) WHERE dismissed_at > 0;

-- What the rules found, by rule.
CREATE INDEX finding_rule ON finding (rule, severity, version_id);

-- +goose Down
DROP INDEX finding_rule;
DROP INDEX finding_dismissed;
DROP TABLE publication_body;
DROP TABLE edition_step;
DROP INDEX concept_version_version;
DROP INDEX occurrence_newest;
