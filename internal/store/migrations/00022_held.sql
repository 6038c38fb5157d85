-- +goose Up
-- The few editions that engines have not given everything.
CREATE INDEX edition_held ON edition (updated) WHERE hold <> '';

-- +goose Down
DROP INDEX edition_held;
