-- +goose Up
-- To find what another version of the program cut into segments.
CREATE INDEX revision_parser ON revision (parser);

-- +goose Down
DROP INDEX revision_parser;
