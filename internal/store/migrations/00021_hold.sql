-- +goose Up
-- Why engines have not given an edition all that they were asked for (JSON).
ALTER TABLE edition ADD COLUMN hold TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE edition DROP COLUMN hold;
