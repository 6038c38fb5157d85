-- +goose Up
-- What an engine failed with at an item of a batch (edition.Trouble, JSON).
ALTER TABLE batch_item ADD COLUMN trouble TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE batch_item DROP COLUMN trouble;
