package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/config"
	"dragoman/internal/engine"
	"dragoman/internal/publish"
	"dragoman/internal/store"
)

func newDoctorCommand(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is configured, from where, and what is wrong with it",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return runDoctor(c.Context(), g, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// complaint is one thing that doctor looked at.
type complaint struct {
	Subject string `json:"subject"`
	OK      bool   `json:"ok"`
	Text    string `json:"text"`
}

func runDoctor(ctx context.Context, g *globals, asJSON bool) error {
	cfg, err := g.settings()
	if cfg == nil {
		return usageError{err}
	}
	var cs []complaint
	if err != nil {
		for _, line := range strings.Split(err.Error(), "\n") {
			cs = append(cs, complaint{"settings", false, line})
		}
	}
	d := &doctor{globals: g, cfg: cfg}
	cs = append(cs, d.content(), d.glossary(), d.database(ctx), d.public())
	cs = append(cs, d.engines(ctx)...)
	bad := false
	for _, c := range cs {
		bad = bad || !c.OK
	}
	if asJSON {
		err = d.printJSON(cs)
	} else {
		err = d.print(cs)
	}
	if err == nil && bad {
		return errFound
	}
	return err
}

type doctor struct {
	*globals
	cfg *config.Loaded
}

func (d *doctor) content() complaint {
	c := complaint{Subject: "content folder"}
	entries, err := os.ReadDir(d.cfg.Content)
	if err != nil {
		c.Text = fmt.Sprintf("%v: make the folder, or name another one with content: in dragoman.yaml", err)
		return c
	}
	c.OK, c.Text = true, fmt.Sprintf("%s: %d entries; files of at most %d MB", d.cfg.Content, len(entries), content.DefaultMaxBytes>>20)
	return c
}

func (d *doctor) glossary() complaint {
	c := complaint{Subject: "glossary files"}
	concepts, from, err := readGlossary(d.cfg.Glossary)
	if err != nil {
		c.Text = err.Error()
		return c
	}
	g, problems := glossary.Compile(concepts, glossary.Options{})
	if g == nil {
		c.Text = problems.Error()
		return c
	}
	c.OK, c.Text = true, fmt.Sprintf("%s: %d concepts, %d remark(s)", from, g.Len(), len(problems))
	return c
}

func (d *doctor) database(ctx context.Context) complaint {
	c := complaint{Subject: "database"}
	where := store.Redacted(d.cfg.Database)
	if !strings.Contains(where, "://") {
		if _, err := os.Stat(where); errors.Is(err, os.ErrNotExist) {
			return complaint{c.Subject, true, where + ": not there yet; `dragoman run` makes it"}
		}
	}
	s, err := store.Open(ctx, d.cfg.Database, store.Options{})
	if err != nil {
		c.Text = err.Error()
		return c
	}
	defer s.Close()
	version, err := s.GlossaryVersion(ctx)
	if err != nil {
		c.Text = err.Error()
		return c
	}
	pending, err := s.Pending(ctx)
	if err != nil {
		c.Text = err.Error()
		return c
	}
	c.OK, c.Text = true, fmt.Sprintf("%s: reached; glossary version %d, %d job(s) wait or run", where, version, pending)
	return c
}

// probeName is the file that doctor writes and removes to see whether the
// public folder can be written.
const probeName = "dragoman-doctor.txt"

func (d *doctor) public() complaint {
	c := complaint{Subject: "public folder"}
	if _, err := os.Stat(d.cfg.Public); errors.Is(err, os.ErrNotExist) {
		return complaint{c.Subject, true, d.cfg.Public + ": not there yet; publishing makes it"}
	}
	w, err := publish.Open(d.cfg.Public)
	if err != nil {
		c.Text = err.Error()
		return c
	}
	defer w.Close()
	if _, err := w.Write(probeName, []byte("dragoman doctor\n")); err != nil {
		c.Text = err.Error()
		return c
	}
	if err := w.Remove(probeName); err != nil {
		c.Text = err.Error()
		return c
	}
	c.OK, c.Text = true, d.cfg.Public+": can be written"
	return c
}

// checkTimeout is how long an engine may take to answer.
const checkTimeout = 10 * time.Second

func (d *doctor) engines(ctx context.Context) []complaint {
	a := &app{globals: d.globals, cfg: d.cfg}
	var cs []complaint
	used := map[string]bool{}
	for _, l := range d.cfg.Locales {
		for _, n := range d.cfg.Route(l) {
			used[n] = true
		}
	}
	for _, e := range d.cfg.Engines {
		c := complaint{Subject: "engine " + e.Name}
		if !used[e.Name] {
			c.OK, c.Text = true, "configured, but on no route"
			cs = append(cs, c)
			continue
		}
		eng, err := a.openEngine(e.Name)
		if err == nil {
			if ck, ok := eng.(engine.Checker); ok {
				ctx, cancel := context.WithTimeout(ctx, checkTimeout)
				err = ck.Check(ctx)
				cancel()
			}
		}
		if err != nil {
			c.Text = err.Error()
		} else {
			c.OK, c.Text = true, "reached"
		}
		cs = append(cs, c)
	}
	if len(used) == 0 {
		cs = append(cs, complaint{"engines", true, "none: drafts come from the memory alone, and what it does not know stays untranslated"})
	}
	return cs
}

func (d *doctor) print(cs []complaint) error {
	tw := tabwriter.NewWriter(d.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "SETTING\tVALUE\tFROM")
	for _, s := range d.cfg.Keys() {
		from := d.cfg.From[s.Key]
		if from == "" {
			from = "default"
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\n", strings.ReplaceAll(s.Key, "::", "."), shown(s), from)
	}
	fmt.Fprintln(tw, "\t\t")
	for _, c := range cs {
		mark := "ok"
		if !c.OK {
			mark = "WRONG"
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\n", c.Subject, mark, c.Text)
	}
	return tw.Flush()
}

// shown is a setting as it may be shown: secrets and passwords are not.
func shown(s config.Setting) string {
	switch v := s.Value.(type) {
	case string:
		if s.Key == "database" {
			return store.Redacted(v)
		}
		if s.Key == "oidc::client_secret" && v != "" {
			return "(hidden)"
		}
		return v
	case []config.OIDCGroup:
		var groups []string
		for _, g := range v {
			groups = append(groups, g.Group+": "+g.Roles)
		}
		return strings.Join(groups, "; ")
	case []string:
		return strings.Join(v, ", ")
	case []config.Engine:
		var names []string
		for _, e := range v {
			names = append(names, e.Name+" ("+e.Kind+")")
		}
		return strings.Join(names, ", ")
	case []config.Route:
		var routes []string
		for _, r := range v {
			routes = append(routes, r.Locale+": "+strings.Join(r.Engines, " → "))
		}
		return strings.Join(routes, "; ")
	}
	return fmt.Sprint(s.Value)
}

func (d *doctor) printJSON(cs []complaint) error {
	settings := map[string]map[string]string{}
	for _, s := range d.cfg.Keys() {
		from := d.cfg.From[s.Key]
		if from == "" {
			from = "default"
		}
		settings[strings.ReplaceAll(s.Key, "::", ".")] = map[string]string{"value": shown(s), "from": from}
	}
	enc := json.NewEncoder(d.stdout)
	enc.SetEscapeHTML(false)
	return enc.Encode(map[string]any{"settings": settings, "checks": cs})
}
