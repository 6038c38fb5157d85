-- +goose Up
-- What people wrote, by time: names that are corrected by hand again and again
-- are looked for there.
CREATE INDEX version_people ON version (created) WHERE origin_kind = 'human';
CREATE INDEX change_set_cause ON change_set (cause);

-- +goose Down
DROP INDEX change_set_cause;
DROP INDEX version_people;
