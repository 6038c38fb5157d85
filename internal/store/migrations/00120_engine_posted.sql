-- +goose Up
-- What came of a call is written into its own row before it is used, in one
-- statement; its sums and the cache follow, for several calls at once. posted
-- says that they have. Until then replies has what was replied, in the order of
-- the keys in asked.
ALTER TABLE engine_call ADD COLUMN replies BYTES;
ALTER TABLE engine_call ADD COLUMN posted BIGINT NOT NULL DEFAULT 1;
UPDATE engine_call SET status = 'unknown', asked = NULL WHERE status = 'intent';
DROP INDEX engine_call_open;
CREATE INDEX engine_call_open ON engine_call (process) WHERE posted = 0;
-- No query goes by it.
DROP INDEX engine_call_release;

-- +goose Down
CREATE INDEX engine_call_release ON engine_call (release_id, locale);
DROP INDEX engine_call_open;
CREATE INDEX engine_call_open ON engine_call (process) WHERE status = 'intent';
ALTER TABLE engine_call DROP COLUMN posted;
ALTER TABLE engine_call DROP COLUMN replies;
