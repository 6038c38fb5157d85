-- +goose Up
-- Why the edition of a correction could not be published again, '' where
-- nothing is known to stand in the way.
ALTER TABLE correction ADD COLUMN problem TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE correction DROP COLUMN problem;
