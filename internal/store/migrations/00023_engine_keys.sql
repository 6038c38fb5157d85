-- +goose Up
-- What a call asks for stands with the call until it has ended, in one row:
-- the keys of its replies, 16 bytes each. Replies are written once, when they
-- are there.
ALTER TABLE engine_call ADD COLUMN asked BYTES;
DROP INDEX engine_reply_call;
ALTER TABLE engine_reply DROP COLUMN call_id;
DELETE FROM engine_reply WHERE text = '' AND broken = 0 AND lost = 0;

-- +goose Down
ALTER TABLE engine_reply ADD COLUMN call_id BIGINT NOT NULL DEFAULT 0;
CREATE INDEX engine_reply_call ON engine_reply (call_id);
ALTER TABLE engine_call DROP COLUMN asked;
