-- +goose Up
-- What is still to be taken out of the public place: the addresses that a page
-- had before, and, where gone is set, the page itself.
ALTER TABLE public_page ADD COLUMN former TEXT NOT NULL DEFAULT '';
ALTER TABLE public_page ADD COLUMN gone BIGINT NOT NULL DEFAULT 0;
CREATE INDEX public_page_address ON public_page (locale, slug);

-- +goose Down
DROP INDEX public_page_address;
ALTER TABLE public_page DROP COLUMN gone;
ALTER TABLE public_page DROP COLUMN former;
