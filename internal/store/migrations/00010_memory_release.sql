-- +goose Up
-- To list what a release has given to the memory; imports give none.
CREATE INDEX memory_release ON memory_entry (release_id, id) WHERE release_id > 0;

-- +goose Down
DROP INDEX memory_release;
