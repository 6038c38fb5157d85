package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dragoman/glossary"
)

func newGlossaryLedger(g *globals) *cobra.Command {
	var locale string
	var asJSON bool
	c := &cobra.Command{
		Use:   "ledger CONCEPT",
		Short: "Show every rendering of a name in the editions: where, how often, approved by whom",
		Long: `Shows how a name stands in the editions of every locale (or one): each rendering that was
found, how often, in which releases, and who approved it. CONCEPT is an id or an English
name of the glossary in the database.`,
		Example: "  dragoman glossary ledger loc.sarqib --locale ar\n  dragoman glossary ledger Sarqib",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return g.withApp(c.Context(), func(a *app) error { return a.ledger(c.Context(), args[0], locale, asJSON) })
		},
	}
	c.Flags().StringVar(&locale, "locale", "", "only this `LOCALE`")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a rendering")
	return c
}

func newGlossaryDrift(g *globals) *cobra.Command {
	var locale string
	var terms, asJSON bool
	c := &cobra.Command{
		Use:   "drift",
		Short: "Show names that are rendered differently within a release or between releases",
		Long: `Shows the proper names that stand in the editions in different renderings, within one
release and between releases; with --terms other terms too, whose singular and plural are
often listed as two. An adjective in its place and a short form after the full one are no
drift. Ends with 0 whatever it finds.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return g.withApp(c.Context(), func(a *app) error { return a.drift(c.Context(), locale, terms, asJSON) })
		},
	}
	c.Flags().BoolVar(&terms, "terms", false, "also what is no proper name (adjectives, groups, common nouns, terms)")
	c.Flags().StringVar(&locale, "locale", "", "only this `LOCALE`")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a name and release, or a name (release \"\")")
	return c
}

// renderingJSON is a rendering as `glossary ledger --json` gives it.
type renderingJSON struct {
	Concept string `json:"concept,omitempty"`
	Locale  string `json:"locale,omitempty"`
	Text    string `json:"text"`  // "" where none was found
	Class   string `json:"class"` // preferred, accepted, derived, forbidden; "" where it is not listed
	Count   int    `json:"count"`
	// Approved are those that a person approved, ApprovedBy who.
	Approved   int         `json:"approved"`
	ApprovedBy []string    `json:"approved_by"`
	Releases   int         `json:"releases"`
	First      string      `json:"first,omitempty"`
	Last       string      `json:"last,omitempty"`
	Places     []placeJSON `json:"places"` // ten at most
}

type placeJSON struct {
	Release string `json:"release"`
	Segment int    `json:"segment"` // from 1
	Text    string `json:"text"`
}

// wantedLocales are those whose names can be read: one, or all of the house.
func (a *app) wantedLocales(locale string) ([]string, error) {
	if locale == "" {
		return slices.DeleteFunc(slices.Clone(a.cfg.Locales), func(l string) bool { return !glossary.Verifiable(l) }), nil
	}
	locale, known := proofLanguage(locale)
	if !known {
		return nil, usagef("--locale %s: the grammar of this language is not known; names can be read in %s", locale, proofLanguages)
	}
	return []string{locale}, nil
}

func (a *app) ledger(ctx context.Context, name, locale string, asJSON bool) error {
	gl := a.pipe.Glossary()
	i, err := findConcept(gl, name)
	if err != nil {
		return err
	}
	locs, err := a.wantedLocales(locale)
	if err != nil {
		return err
	}
	c := gl.Concept(i)
	out := bufio.NewWriter(a.stdout)
	enc := jsonLines(out)
	if !asJSON {
		fmt.Fprintf(out, "%s  %s\n", c.ID, c.Source)
	}
	err = a.pipe.Names(ctx, a.store, locs, c.ID, func(loc string, seen []glossary.Seen) error {
		if len(seen) == 0 && !asJSON {
			fmt.Fprintf(out, "%s  stands in no edition\n", loc)
		}
		for _, e := range glossary.Ledger(seen) {
			if !asJSON {
				printRenderings(out, gl, loc, c.ID, e.Renderings)
				continue
			}
			for k := range e.Renderings {
				j := renderingObject(gl, loc, c.ID, &e.Renderings[k])
				j.Concept, j.Locale = c.ID, loc
				j.First, j.Last = e.Renderings[k].First.Format(time.DateOnly), e.Renderings[k].Last.Format(time.DateOnly)
				if err := enc.Encode(j); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return errors.Join(err, out.Flush())
}

func renderingObject(gl *glossary.Glossary, locale, id string, r *glossary.Rendering) renderingJSON {
	j := renderingJSON{
		Text: r.Text, Class: classOf(gl, locale, id, r), Count: r.Count, Approved: r.Approved, ApprovedBy: append([]string{}, r.By...),
		Releases: r.Releases, Places: []placeJSON{},
	}
	for _, p := range r.Places {
		j.Places = append(j.Places, placeJSON{p.Release, p.Segment + 1, p.Text})
	}
	return j
}

// classOf tells how the glossary lists a rendering, "" where it does not.
func classOf(gl *glossary.Glossary, locale, id string, r *glossary.Rendering) string {
	i, ok := gl.ByID(id)
	if !ok || !r.Listed {
		return ""
	}
	ts := gl.Concept(i).Targets[locale]
	for _, class := range []struct {
		name  string
		terms []glossary.Term
	}{{"preferred", ts.Preferred}, {"accepted", ts.Accepted}, {"derived", ts.Derived}, {"forbidden", ts.Forbidden}} {
		if slices.ContainsFunc(class.terms, func(t glossary.Term) bool { return t.Text == r.Text }) {
			return class.name
		}
	}
	return ""
}

// printRenderings prints the renderings of one name in one locale.
func printRenderings(w io.Writer, gl *glossary.Glossary, locale, id string, rs []glossary.Rendering) {
	for i := range rs {
		r := &rs[i]
		class := cmp.Or(classOf(gl, locale, id, r), "not listed; the nearest words")
		text := cmp.Or(r.Text, "(none was found)")
		if r.Text == "" {
			class = "missing"
		}
		approved := "none approved"
		if r.Approved > 0 {
			approved = fmt.Sprintf("%d approved by %s", r.Approved, strings.Join(r.By, ", "))
		}
		fmt.Fprintf(w, "%s  %s  (%s)  %s in %s, %s\n", locale, text, class, plural(r.Count, "time"), plural(r.Releases, "release"), approved)
		fmt.Fprintf(w, "      %s%s\n", places(r.Places), more(r.Count > len(r.Places)))
	}
}

func more(is bool) string {
	if is {
		return " …"
	}
	return ""
}

// places lists segments by release.
func places(ps []glossary.Place) string {
	var b strings.Builder
	for i, p := range ps {
		switch {
		case i > 0 && ps[i-1].Release == p.Release:
			fmt.Fprintf(&b, ", %d", p.Segment+1)
			continue
		case i > 0:
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%s %d", p.Release, p.Segment+1)
	}
	return b.String()
}

// driftJSON is a name as `glossary drift --json` gives it.
type driftJSON struct {
	Concept    string          `json:"concept"`
	Locale     string          `json:"locale"`
	Release    string          `json:"release"` // "" between releases
	Renderings []renderingJSON `json:"renderings"`
}

func (a *app) drift(ctx context.Context, locale string, terms, asJSON bool) error {
	gl := a.pipe.Glossary()
	locs, err := a.wantedLocales(locale)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(a.stdout)
	enc := jsonLines(out)
	found := 0
	err = a.pipe.Names(ctx, a.store, locs, "", func(loc string, seen []glossary.Seen) error {
		if !terms {
			seen = slices.DeleteFunc(seen, func(s glossary.Seen) bool {
				i, ok := gl.ByID(s.Concept)
				return !ok || !gl.Concept(i).Kind.Proper()
			})
		}
		for _, d := range glossary.FindDrift(seen) {
			found++
			if !asJSON {
				printDrift(out, gl, &d)
				continue
			}
			j := driftJSON{Concept: d.Concept, Locale: loc, Release: d.Release}
			for k := range d.Renderings {
				j.Renderings = append(j.Renderings, renderingObject(gl, loc, d.Concept, &d.Renderings[k]))
			}
			if err := enc.Encode(j); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return errors.Join(err, out.Flush())
	}
	if found == 0 && !asJSON {
		fmt.Fprintln(out, "Every name is rendered in one way.")
	}
	return out.Flush()
}

func printDrift(w io.Writer, gl *glossary.Glossary, d *glossary.Drift) {
	where := "between releases"
	if d.Release != "" {
		where = "within " + d.Release
	}
	name := ""
	if i, ok := gl.ByID(d.Concept); ok {
		name = gl.Concept(i).Source
	}
	fmt.Fprintf(w, "%s (%s), %s\n", d.Concept, name, where)
	printRenderings(w, gl, d.Locale, d.Concept, d.Renderings)
}
