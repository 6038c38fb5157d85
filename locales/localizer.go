package locales

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"
)

//go:embed catalogue
var catalogues embed.FS

// SourceCatalogue is the language that every catalogue is made from.
const SourceCatalogue = "en"

// sitePrefix marks the messages of published pages; they stand in the
// site.*.toml files and exist in more languages than the desk's. The desk's
// stand in en.toml, ar.toml … and, for its larger rooms, in files of their own
// such as desk.batch.en.toml.
const sitePrefix = "site."

// bundle is a set of catalogues with the tags that it really holds.
type bundle struct {
	*i18n.Bundle
	tags []string
}

var (
	deskBundle = sync.OnceValue(func() *bundle { return mustBundle("catalogue/??.toml", "catalogue/desk.*.toml") })
	siteBundle = sync.OnceValue(func() *bundle { return mustBundle("catalogue/site.*.toml") })
)

// mustBundle reads embedded catalogues; they are part of the program and
// covered by tests, so a mistake in them is a panic.
func mustBundle(patterns ...string) *bundle {
	var files []string
	for _, pattern := range patterns {
		matched, err := fs.Glob(catalogues, pattern)
		if err != nil || len(matched) == 0 {
			panic(fmt.Sprintf("locales: no catalogue matches %s: %v", pattern, err))
		}
		files = append(files, matched...)
	}
	b := &bundle{Bundle: i18n.NewBundle(language.MustParse(SourceCatalogue))}
	b.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	for _, f := range files {
		if _, err := b.LoadMessageFileFS(catalogues, f); err != nil {
			panic(fmt.Sprintf("locales: %s: %v", f, err))
		}
		name := strings.TrimSuffix(path.Base(f), ".toml")
		b.tags = append(b.tags, name[strings.LastIndexByte(name, '.')+1:])
	}
	slices.Sort(b.tags)
	b.tags = slices.Compact(b.tags)
	return b
}

// DeskCatalogues returns the tags in which the desk speaks.
func DeskCatalogues() []string { return slices.Clone(deskBundle().tags) }

// Localizer gives the messages of the catalogues in one language. It is safe
// for concurrent use.
type Localizer struct {
	// Requested is the tag that was asked for.
	Requested string
	// Tag and SiteTag are the catalogues that answer for the desk and for
	// published pages. Where there is none in the language asked for, they
	// are "en": a page must then say lang="en", so that the fallback shows.
	Tag, SiteTag string

	profile  *Profile // numbers in desk messages follow Tag
	site     *Profile
	deskMsgs *i18n.Localizer
	siteMsgs *i18n.Localizer
}

// NewLocalizer returns the messages for a BCP 47 tag; region subtags are
// ignored. A language without a catalogue gets English, and Tag says so.
func NewLocalizer(tag string) *Localizer {
	l := &Localizer{Requested: tag}
	l.Tag = deskBundle().closest(tag)
	l.SiteTag = siteBundle().closest(tag)
	l.deskMsgs = i18n.NewLocalizer(deskBundle().Bundle, l.Tag)
	l.siteMsgs = i18n.NewLocalizer(siteBundle().Bundle, l.SiteTag)
	l.profile = mustGet(l.Tag)
	l.site = mustGet(l.SiteTag)
	return l
}

func mustGet(tag string) *Profile {
	p, err := Get(tag)
	if err != nil {
		panic(err) // every catalogue has a profile; a test holds this
	}
	return p
}

func (b *bundle) closest(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	if slices.Contains(b.tags, base) {
		return base
	}
	return SourceCatalogue
}

// FellBack reports that the language asked for has no desk catalogue and
// English answers instead; FellBackSite the same for published pages.
func (l *Localizer) FellBack() bool { return base(l.Requested) != l.Tag }

// FellBackSite reports that English answers for published pages.
func (l *Localizer) FellBackSite() bool { return base(l.Requested) != l.SiteTag }

func base(tag string) string {
	b, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	return b
}

// Profile returns the profile by whose rules the desk's messages are set.
func (l *Localizer) Profile() *Profile { return l.profile }

// T returns a message. Text among args that runs against the message's own
// direction is isolated by FSI and PDI. A message that is missing in this
// language comes in English; one that is missing altogether as "[id]".
func (l *Localizer) T(id string, args map[string]any) string {
	text, _ := l.Lookup(id, args)
	return text
}

// N returns a message with a count: the plural form is the language's own,
// and {{.Count}} is the count in its digits.
func (l *Localizer) N(id string, count int, args map[string]any) string {
	text, _ := l.lookup(id, &count, args)
	return text
}

// Lookup returns a message and the tag of the language that it is really in;
// the tag is "" where no catalogue has it.
func (l *Localizer) Lookup(id string, args map[string]any) (text, tag string) {
	return l.lookup(id, nil, args)
}

// Has reports whether the catalogue of this very language has the message.
func (l *Localizer) Has(id string) bool {
	msgs, want, _ := l.side(id)
	_, tag, _ := msgs.LocalizeWithTag(&i18n.LocalizeConfig{MessageID: id, TemplateData: map[string]any{}})
	return tag.String() == want
}

// Finding returns the sentence for a finding of a quality rule; see the
// catalogue's "finding" section.
func (l *Localizer) Finding(rule string, args map[string]string) string {
	m := make(map[string]any, len(args))
	for k, v := range args {
		m[k] = v
	}
	return l.T("finding."+rule, m)
}

func (l *Localizer) side(id string) (*i18n.Localizer, string, *Profile) {
	if strings.HasPrefix(id, sitePrefix) {
		return l.siteMsgs, l.SiteTag, l.site
	}
	return l.deskMsgs, l.Tag, l.profile
}

func (l *Localizer) lookup(id string, count *int, args map[string]any) (text, tag string) {
	msgs, _, profile := l.side(id)
	config := &i18n.LocalizeConfig{MessageID: id}
	values := make(map[string]any, len(args)+1)
	for k, v := range args {
		values[k] = profile.argument(v)
	}
	if count != nil {
		config.PluralCount = *count
		values["Count"] = profile.FormatInt(int64(*count))
	}
	config.TemplateData = values
	text, got, err := msgs.LocalizeWithTag(config)
	if text == "" && (err != nil || got == language.Und) {
		return "[" + id + "]", ""
	}
	return text, got.String()
}

// argument prepares a value for a message: whole numbers in the language's
// digits, text of the other direction isolated.
func (p *Profile) argument(v any) any {
	switch v := v.(type) {
	case int:
		return p.FormatInt(int64(v))
	case int64:
		return p.FormatInt(v)
	case string:
		if p.needsIsolation(v) {
			return Isolate(v, true)
		}
	}
	return v
}

// needsIsolation reports letters of the other direction, or figures with
// signs in right-to-left text.
func (p *Profile) needsIsolation(s string) bool {
	for i := 0; i < len(s); {
		if p.foreignRun(s, i) > i {
			return true
		}
		_, size := decode(s, i)
		i += size
	}
	return false
}
