package desk

import (
	"cmp"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/pipeline"
)

func conceptPath(id string) string { return "/concepts/" + url.PathEscape(id) }

func conceptHref(id, locale string) string {
	return conceptPath(id) + "?" + query("locale", locale)
}

// query makes the query of an address of names and values in turn.
func query(pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q.Encode()
}

func squeezed(s string) string { return strings.Join(strings.Fields(s), " ") }

// conceptView is a concept's card.
type conceptView struct {
	*words
	ID, Kind, Name, Note                 string
	Variants                             []string
	To                                   script
	Language                             string
	Preferred, Accepted, Derived, Banned []string
	None                                 bool
	Href                                 string
}

func (c *call) concept(k *glossary.Concept, locale string) conceptView {
	v := conceptView{
		words: c.words, ID: k.ID, Kind: c.or("desk.kind."+string(k.Kind), string(k.Kind)), Name: k.Source, Note: k.Note, Variants: k.Variants,
		To: scriptOf(locale), Language: c.Language(locale), Href: conceptHref(k.ID, locale),
	}
	terms := k.Targets[locale]
	v.Preferred, v.Accepted = texts(terms.Preferred), texts(terms.Accepted)
	v.Derived, v.Banned = texts(terms.Derived), texts(terms.Forbidden)
	v.None = len(v.Preferred)+len(v.Accepted)+len(v.Derived)+len(v.Banned) == 0
	return v
}

func texts(ts []glossary.Term) []string {
	var out []string
	for _, t := range ts {
		out = append(out, t.Text)
	}
	return out
}

// conceptPageView is the page of one concept.
type conceptPageView struct {
	glossaryHead
	ID, Kind, Name, Note string
	Variants             []string
	Retired              bool
	Facts                []fact
	Names                []conceptView // by language
	Locale               string
	LanguageName         string
	To                   script
	Tabs                 []choice
	Forms                formsView
	Ledger               []renderingView
	Places               []placeView
	PlacesMore           bool
	History              []changeView
	EditHref             string
	ImpactHref           string
}

// fact is a property of a concept, in words.
type fact struct {
	Name, Value, Href string
	Foreign           bool // the value is English or an id
}

// renderingView is one way in which a name stands in the editions.
type renderingView struct {
	*words
	Text       string
	Class      string // preferred, accepted, derived, forbidden, unlisted, none
	Count      string
	Approved   string
	By         string
	FirstSeen  string
	LastSeen   string
	ShareOfAll int // in percent
}

// placeView is a segment in which the name stands.
type placeView struct {
	Href   string
	Title  string
	No     int
	State  string
	Source template.HTML
	Target template.HTML
	Sign   string // reviewed, warning, error
	Word   string
	Public bool
}

// maxPlaces is how many places a concept's page lists, of those it looks at.
const maxPlaces = 20

func (d *Desk) conceptPage(c *call) error {
	id := c.r.PathValue("id")
	locale, err := c.chosen("locale", true)
	if err != nil {
		return err
	}
	g := d.pipe.Glossary()
	at, ok := g.ByID(id)
	if c.json {
		if !ok {
			return errNowhere
		}
		html, err := fragment("concept", c.concept(g.Concept(at), locale))
		if err != nil {
			return err
		}
		return c.reply(http.StatusOK, map[string]string{"html": html})
	}
	history, err := d.pipe.ConceptHistory(c.ctx(), id)
	if err != nil {
		return err
	}
	if !ok && len(history) == 0 {
		return errNowhere
	}
	view := conceptPageView{Locale: locale, LanguageName: c.Language(locale), To: scriptOf(locale), Tabs: c.localeTabs(locale, false), Retired: !ok}
	concept := &glossary.Concept{}
	if ok {
		concept = g.Concept(at)
	} else {
		concept = &history[0].Concept
	}
	view.describe(c, concept)
	for i := range history {
		view.History = append(view.History, c.change(&history[i]))
	}
	if ok {
		if err := view.seen(c, concept); err != nil {
			return err
		}
	}
	view.glossaryHead = c.glossaryHead("concept", concept.Source)
	if view.Keep && ok {
		view.EditHref = conceptPath(id) + "/edit"
	}
	return c.page(http.StatusOK, "concept.html", view)
}

// describe says what a concept is.
func (v *conceptPageView) describe(c *call, k *glossary.Concept) {
	v.ID, v.Name, v.Note, v.Variants = k.ID, k.Source, k.Note, k.Variants
	v.Kind = c.or("desk.kind."+string(k.Kind), string(k.Kind))
	add := func(name, value, href string) {
		if value != "" {
			v.Facts = append(v.Facts, fact{Name: c.columnName(name), Value: value, Href: href, Foreign: true})
		}
	}
	v.Facts = append(v.Facts, c.ruleFacts(k.Rule)...)
	add("flags", k.Cell("flags"), "")
	add("valid_from", k.Cell("valid_from"), "")
	add("valid_to", k.Cell("valid_to"), "")
	if k.ReplacedBy != "" {
		add("replaced_by", k.ReplacedBy, conceptPath(k.ReplacedBy))
	}
	for _, l := range c.termLanguages(k) {
		v.Names = append(v.Names, c.concept(k, l))
	}
}

// termLanguages are the languages of a concept's terms that the person may
// read: the house's in their order, then others.
func (c *call) termLanguages(k *glossary.Concept) []string {
	var out []string
	for lang := range k.Targets {
		if may(c.me, toRead, lang) {
			out = append(out, lang)
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		return cmp.Or(c.d.place(a)-c.d.place(b), strings.Compare(a, b))
	})
	return out
}

// ruleFacts says how a concept is found in the English, in words.
func (c *call) ruleFacts(r glossary.Rule) []fact {
	capitals := "desk.glossary.rule.any-capitals"
	if r.CaseSensitive {
		capitals = "desk.glossary.rule.capitals"
	}
	out := []fact{{Name: c.columnName("rule"), Value: c.T(capitals)}}
	for _, x := range []struct {
		id  string
		ids []string
	}{{"blocked", r.BlockedBy}, {"licence", r.Licence}} {
		for _, id := range x.ids {
			out = append(out, fact{Name: c.T("desk.glossary.rule." + x.id), Value: id, Href: conceptPath(id), Foreign: true})
		}
	}
	if len(r.KeepCase) > 0 {
		out = append(out, fact{Name: c.T("desk.glossary.rule.keep-case"), Value: strings.Join(r.KeepCase, ", "), Foreign: true})
	}
	if r.WarnOnly {
		out = append(out, fact{Name: c.columnName("rule"), Value: c.T("desk.glossary.rule.warn-only")})
	}
	return out
}

// seen fills in what would be accepted in the chosen language, and what stands
// in the editions.
func (v *conceptPageView) seen(c *call, k *glossary.Concept) error {
	if v.Locale == "" {
		return nil
	}
	g := c.d.pipe.Glossary()
	v.Forms = c.forms(g, k.ID, v.Locale)
	r, err := c.d.pipe.Renderings(c.ctx(), k.ID, v.Locale)
	if err != nil {
		return err
	}
	all := 0
	for i := range r.Entries {
		all += r.Entries[i].Count
	}
	for i := range r.Entries {
		v.Ledger = append(v.Ledger, c.rendering(k, v.Locale, &r.Entries[i], all))
	}
	for i := range r.Places[:min(len(r.Places), maxPlaces)] {
		v.Places = append(v.Places, c.placeOf(&r.Places[i], v.To))
	}
	v.PlacesMore = r.More
	return nil
}

func (c *call) rendering(k *glossary.Concept, locale string, r *glossary.Rendering, all int) renderingView {
	v := renderingView{
		words: c.words, Text: r.Text, Class: classOf(k, locale, r), Count: c.N("desk.glossary.times", r.Count) + " · " + c.N("batch.releases", r.Releases),
		By: strings.Join(r.By, c.T("desk.glossary.and")), FirstSeen: c.Day(r.First), LastSeen: c.Day(r.Last), ShareOfAll: 100 * r.Count / max(all, 1),
	}
	if r.Approved > 0 {
		v.Approved = c.N("desk.glossary.approved", r.Approved)
	}
	return v
}

// classOf tells how the glossary lists a rendering.
func classOf(k *glossary.Concept, locale string, r *glossary.Rendering) string {
	if r.Text == "" {
		return "none"
	}
	ts := k.Targets[locale]
	for _, x := range []struct {
		name  string
		terms []glossary.Term
	}{{"preferred", ts.Preferred}, {"accepted", ts.Accepted}, {"derived", ts.Derived}, {"forbidden", ts.Forbidden}} {
		if r.Listed && slices.ContainsFunc(x.terms, func(t glossary.Term) bool { return t.Text == r.Text }) {
			return x.name
		}
	}
	return "unlisted"
}

func (c *call) placeOf(r *pipeline.Rendered, to script) placeView {
	v := placeView{
		Href: segmentHref(r.Edition.ID, r.Segment.Position+1), Title: r.Release.Title, No: r.Segment.Position + 1, State: c.State(r.Edition.State),
		Source: setText(scriptOf("en"), r.Segment.Source, nil, []mark{{Start: r.Verdict.Source.Start, End: r.Verdict.Source.End, Class: "term"}}),
		Target: setText(to, r.Target.Standing.Text, nil, []mark{{Start: r.Verdict.Start, End: r.Verdict.End, Class: "term"}}),
		Public: !r.Edition.Public.IsZero(),
	}
	v.Sign = map[glossary.Result]string{glossary.ResultWarn: "warning", glossary.ResultFail: "error"}[r.Verdict.Result]
	v.Sign = cmp.Or(v.Sign, "reviewed")
	v.Word = c.or("desk.verdict."+string(r.Verdict.Result), string(r.Verdict.Result))
	return v
}

// formsView is what would be accepted for a concept in one language.
type formsView struct {
	*words
	To       script
	Language string
	Terms    []formsOfTerm
	Problem  string // why there is nothing to show
	Problems []said // what is wrong with the concept
}

// formsOfTerm are the forms of one listed term.
type formsOfTerm struct {
	*words
	Term, Class string
	Forms       []formView
	More        int
}

type formView struct{ Text, Why string }

// maxForms is how many forms of a term are shown.
const maxForms = 60

func (c *call) forms(g *glossary.Glossary, id, locale string) formsView {
	v := formsView{words: c.words, To: scriptOf(locale), Language: c.Language(locale)}
	if !glossary.Verifiable(locale) {
		v.Problem = c.T("desk.glossary.forms.no-rules", "Language", v.Language)
		return v
	}
	forms, err := g.Forms(id, locale)
	if err != nil {
		v.Problem = c.T("desk.no-term", "Language", v.Language)
		return v
	}
	at := map[string]int{}
	for _, f := range forms {
		k, ok := at[f.Class+f.Term]
		if !ok {
			k = len(v.Terms)
			at[f.Class+f.Term] = k
			v.Terms = append(v.Terms, formsOfTerm{words: c.words, Term: content.Plain(f.Term), Class: f.Class})
		}
		t := &v.Terms[k]
		if len(t.Forms) == maxForms {
			t.More++
			continue
		}
		t.Forms = append(t.Forms, formView{f.Text, f.Why})
	}
	return v
}

// Count is how many forms there are.
func (t formsOfTerm) Count() string { return strconv.Itoa(len(t.Forms) + t.More) }

// setTexts are terms with how they are set.
type setTexts struct {
	To    script
	Texts []string
}

// Set joins terms with their language.
func (v conceptView) Set(texts []string) setTexts { return setTexts{v.To, texts} }
