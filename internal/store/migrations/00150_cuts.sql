-- +goose Up
-- Where people cut segments of a revision in two (content.Cut, as text). A
-- later revision begins with the cuts of the one before it.
ALTER TABLE revision ADD COLUMN cuts TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE revision DROP COLUMN cuts;
