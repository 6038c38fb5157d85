-- +goose Up
-- What the queue is sorted and searched by. since is when the edition came
-- into its state, turn the time by which somebody should look at it: its due
-- time, its embargo, or a day after since. hidden is set where its release was
-- removed. title_target is the target of its title, find the title's words
-- folded for searching.
ALTER TABLE edition ADD COLUMN since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE edition ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
ALTER TABLE edition ADD COLUMN hidden BIGINT NOT NULL DEFAULT 0;
ALTER TABLE edition ADD COLUMN title_target BIGINT NOT NULL DEFAULT 0;
ALTER TABLE edition ADD COLUMN find TEXT NOT NULL DEFAULT '';
ALTER TABLE release ADD COLUMN find TEXT NOT NULL DEFAULT '';
UPDATE release SET find = lower(title) || ' ' || lower(slug);
UPDATE edition SET since = updated, turn = CASE WHEN due > 0 THEN due ELSE updated + 86400000000 END,
    hidden = CASE WHEN release_id IN (SELECT id FROM release WHERE removed <> 0) THEN 1 ELSE 0 END,
    title_target = coalesce((SELECT t.id FROM target t JOIN segment g ON g.id = t.segment_id
        JOIN unit u ON u.revision_id = g.revision_id AND u.position = g.unit
        WHERE t.edition_id = edition.id AND t.position >= 0 AND u.kind = 'title' ORDER BY t.position LIMIT 1), 0);
UPDATE edition SET find = coalesce((SELECT lower(v.text) FROM target t JOIN version v ON v.id = t.standing_id WHERE t.id = edition.title_target), '');
DROP INDEX edition_queue;
DROP INDEX edition_locale;
-- All that a list is filtered by stands in one index, so that no list reads
-- the editions that it does not show.
CREATE INDEX edition_queue ON edition (hidden, state, turn, id, release_id, locale, since, updated, n_errors, n_warnings, n_proposals, assignee, embargo, due);
DROP INDEX edition_updated;
CREATE INDEX edition_changed ON edition (hidden, state, updated, id, release_id, locale, n_errors, n_warnings, assignee);
CREATE INDEX edition_find ON edition (find);
CREATE INDEX edition_title ON edition (title_target);
CREATE INDEX release_find ON release (find);

-- +goose Down
DROP INDEX release_find;
DROP INDEX edition_title;
DROP INDEX edition_find;
DROP INDEX edition_changed;
DROP INDEX edition_queue;
CREATE INDEX edition_updated ON edition (updated);
CREATE INDEX edition_queue ON edition (state, updated, id);
CREATE INDEX edition_locale ON edition (locale, state, updated, id);
ALTER TABLE release DROP COLUMN find;
ALTER TABLE edition DROP COLUMN find;
ALTER TABLE edition DROP COLUMN title_target;
ALTER TABLE edition DROP COLUMN hidden;
ALTER TABLE edition DROP COLUMN turn;
ALTER TABLE edition DROP COLUMN since;
