-- +goose Up
-- A person's roles, each in some locales or in all, in a line of words:
-- "reviewer:ar,fr publisher:fr viewer". The columns role and locales go on
-- saying them in a word. runs is 1 for an admin whom nothing limits, of whom
-- one must always be left. A session of an earlier epoch has ended.
ALTER TABLE person ADD COLUMN grants TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN runs BIGINT NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN signed_in BIGINT NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN managed BIGINT NOT NULL DEFAULT 0;
UPDATE person SET grants = CASE WHEN locales = '' THEN role ELSE role || ':' || locales END;
UPDATE person SET runs = 1 WHERE role = 'admin' AND locales = '' AND disabled = 0;
CREATE INDEX person_runs ON person (runs) WHERE runs = 1;
CREATE INDEX sign_in_link_person ON sign_in_link (person_id);

-- Who a person is at a provider of sign-ins (OpenID Connect).
CREATE TABLE identity (
    issuer    TEXT NOT NULL,
    subject   TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    label     TEXT NOT NULL DEFAULT '',
    created   BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX identity_person ON identity (person_id);

-- Whose a session is. One that was ended stays until it would have expired,
-- so that a request still under way cannot bring it back.
ALTER TABLE session ADD COLUMN person_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN ended BIGINT NOT NULL DEFAULT 0;
CREATE INDEX session_person ON session (person_id);

ALTER TABLE audit ADD COLUMN locale TEXT NOT NULL DEFAULT '';
UPDATE audit SET locale = COALESCE((SELECT e.locale FROM edition e WHERE e.id = audit.subject_id), '') WHERE subject = 'edition';
UPDATE audit SET locale = COALESCE((SELECT e.locale FROM target t JOIN edition e ON e.id = t.edition_id WHERE t.id = audit.subject_id), '') WHERE subject = 'target';
DROP INDEX audit_subject;
CREATE INDEX audit_subject ON audit (subject, subject_id, at, id);
CREATE INDEX audit_at ON audit (at, id);
CREATE INDEX audit_who ON audit (who, at, id);
CREATE INDEX audit_what ON audit (what, at, id);
CREATE INDEX audit_locale ON audit (locale, at, id);

-- The audit log can be added to, and nothing else.
-- only sqlite
-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log cannot be changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log cannot be changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'the audit log cannot be changed');
END;
-- +goose StatementEnd
-- end only
-- only postgres
-- +goose StatementBegin
CREATE FUNCTION audit_is_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log cannot be changed';
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_for_ever();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_for_ever();
-- end only

-- +goose Down
-- only sqlite
DROP TRIGGER audit_no_update;
DROP TRIGGER audit_no_delete;
DROP TRIGGER audit_no_replace;
-- end only
-- only postgres
DROP TRIGGER audit_no_change ON audit;
DROP TRIGGER audit_no_truncate ON audit;
DROP FUNCTION audit_is_for_ever;
-- end only
DROP INDEX audit_subject;
CREATE INDEX audit_subject ON audit (subject, subject_id, id);
DROP INDEX audit_at;
DROP INDEX audit_who;
DROP INDEX audit_what;
DROP INDEX audit_locale;
ALTER TABLE audit DROP COLUMN locale;
DROP INDEX session_person;
ALTER TABLE session DROP COLUMN ended;
ALTER TABLE session DROP COLUMN person_id;
DROP TABLE identity;
DROP INDEX sign_in_link_person;
DROP INDEX person_runs;
ALTER TABLE person DROP COLUMN managed;
ALTER TABLE person DROP COLUMN signed_in;
ALTER TABLE person DROP COLUMN epoch;
ALTER TABLE person DROP COLUMN runs;
ALTER TABLE person DROP COLUMN grants;
