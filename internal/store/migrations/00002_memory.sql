-- +goose Up
-- Where an entry comes from: its release and edition, the engine whose words
-- were approved, and the glossary that counted then. run is the id without
-- its low 16 bits: an index that begins with it grows at its end only, so
-- that the millionth import is as fast as the first; see store/memory.go.
ALTER TABLE memory_entry ADD COLUMN release_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE memory_entry ADD COLUMN edition_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE memory_entry ADD COLUMN engine TEXT NOT NULL DEFAULT '';
ALTER TABLE memory_entry ADD COLUMN glossary BIGINT NOT NULL DEFAULT 0;
ALTER TABLE memory_entry ADD COLUMN run BIGINT NOT NULL DEFAULT 0;
DROP INDEX memory_exact;
CREATE INDEX memory_exact ON memory_entry (run, exact);
DROP INDEX memory_target;
CREATE INDEX memory_target ON memory_entry (target_id) WHERE target_id > 0;

-- One row may stand for a run of entries, as an import adds them.
ALTER TABLE memory_log ADD COLUMN last_id BIGINT NOT NULL DEFAULT 0;
UPDATE memory_log SET last_id = entry_id;

-- +goose Down
DROP INDEX memory_exact;
CREATE INDEX memory_exact ON memory_entry (exact, locale);
DROP INDEX memory_target;
CREATE INDEX memory_target ON memory_entry (target_id);
ALTER TABLE memory_log DROP COLUMN last_id;
ALTER TABLE memory_entry DROP COLUMN run;
ALTER TABLE memory_entry DROP COLUMN glossary;
ALTER TABLE memory_entry DROP COLUMN engine;
ALTER TABLE memory_entry DROP COLUMN edition_id;
ALTER TABLE memory_entry DROP COLUMN release_id;
