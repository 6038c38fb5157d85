-- +goose Up
-- Change sets: proposed edits of the glossary. Rows of change_edit are only
-- added; a change set that is edited has a further revision of them.
CREATE TABLE change_set (
    id         KEY,
    title      TEXT NOT NULL,
    reason     TEXT NOT NULL,
    author     TEXT NOT NULL,
    cause      TEXT NOT NULL,
    base       BIGINT NOT NULL,
    created    BIGINT NOT NULL,
    effective  BIGINT NOT NULL DEFAULT 0,
    scope      TEXT NOT NULL,
    status     TEXT NOT NULL,
    revision   BIGINT NOT NULL,
    edits      BIGINT NOT NULL,
    decided_by TEXT NOT NULL DEFAULT '',
    decided    BIGINT NOT NULL DEFAULT 0,
    version    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX change_set_status ON change_set (status, id);
CREATE INDEX change_set_version ON change_set (version);

CREATE TABLE change_edit (
    set_id   BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    seq      BIGINT NOT NULL,
    concept  TEXT NOT NULL,
    was      TEXT NOT NULL,
    shall    TEXT NOT NULL,
    PRIMARY KEY (set_id, revision, seq)
);

-- From which version of the glossary on the texts have been searched for a
-- concept as it is found now; 0 once the older ones have been, too.
ALTER TABLE concept ADD COLUMN found_since BIGINT NOT NULL DEFAULT 0;
UPDATE concept SET found_since = coalesce((SELECT max(v.version) FROM concept_version v WHERE v.concept_id = concept.id), 0);
CREATE INDEX source_text_terms ON source_text (terms_version);
CREATE INDEX concept_version_position ON concept_version (position);

-- From a source text to its segments in their order, and on to the targets.
DROP INDEX segment_source;
CREATE INDEX segment_source ON segment (source_id, id);
CREATE INDEX target_segment ON target (segment_id);

-- +goose Down
DROP INDEX target_segment;
DROP INDEX segment_source;
CREATE INDEX segment_source ON segment (source_id);
DROP INDEX concept_version_position;
DROP INDEX source_text_terms;
ALTER TABLE concept DROP COLUMN found_since;
DROP TABLE change_edit;
DROP TABLE change_set;
