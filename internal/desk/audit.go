package desk

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"dragoman/internal/edition"
)

// auditView is a page of the audit log.
type auditView struct {
	frame
	Acts                        []auditLine
	Who, What, Subject, Locale  string
	From, To                    string // days, as the browser writes them
	Whats, Subjects, LocaleList []option
	Older, Newest               string // addresses, "" for none
	CSV, Lines                  string
	Filtered                    bool
}

// option is one of a list to choose from.
type option struct {
	Value, Word string
	Chosen      bool
}

// auditLine is one act.
type auditLine struct {
	At        time.Time
	Who       string
	Machine   bool
	What      string
	Subject   string
	Href      string // of the subject, "" for none
	Detail    template.HTML
	Language  string
	LocaleTag string
}

const actsPerPage = 100

// actFilter is what an address asks of the audit log.
func (c *call) actFilter(q url.Values) edition.ActFilter {
	short := func(name string) string {
		v := strings.TrimSpace(q.Get(name))
		if len(v) > 200 || strings.ContainsRune(v, 0) {
			return ""
		}
		return strings.ToValidUTF8(v, "")
	}
	f := edition.ActFilter{Who: short("who"), What: short("what"), Subject: short("subject"), Locale: short("locale"), Limit: actsPerPage}
	if day, err := time.ParseInLocation(time.DateOnly, q.Get("from"), c.zone); err == nil {
		f.From = day
	}
	if day, err := time.ParseInLocation(time.DateOnly, q.Get("to"), c.zone); err == nil {
		f.Before = day.AddDate(0, 0, 1)
	}
	if kind, id, ok := strings.Cut(f.Subject, " "); ok {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil && n > 0 {
			f.Subject, f.SubjectID = kind, n
		}
	}
	at, id, _ := strings.Cut(q.Get("after"), "-")
	f.After.At, _ = strconv.ParseInt(at, 10, 64)
	f.After.ID, _ = strconv.ParseInt(id, 10, 64)
	return f
}

// auditPage shows the audit log, the newest first, a page at a time by the
// last act of the page before.
func (d *Desk) auditPage(c *call) error {
	q := c.r.URL.Query()
	f := c.actFilter(q)
	f.Limit++
	acts, err := d.People.AuditLog(c.ctx(), f)
	if err != nil {
		return err
	}
	v := auditView{frame: c.frame("audit", c.T("desk.audit.title")), Who: f.Who, What: f.What, Locale: f.Locale, Subject: f.Subject, From: dayOf(f.From, c.zone), To: dayOf(f.Before.AddDate(0, 0, -1), c.zone)}
	if f.Before.IsZero() {
		v.To = ""
	}
	if f.SubjectID != 0 {
		v.Subject += " " + itoa(f.SubjectID)
	}
	v.Filtered = v.Who+v.What+v.Subject+v.Locale+v.From+v.To != ""
	base := url.Values{}
	for name, value := range map[string]string{"who": v.Who, "what": v.What, "subject": v.Subject, "locale": v.Locale, "from": v.From, "to": v.To} {
		if value != "" {
			base.Set(name, value)
		}
	}
	if f.After != (edition.ActKey{}) {
		v.Newest = "/audit?" + base.Encode()
	}
	if len(acts) == f.Limit {
		acts = acts[:actsPerPage]
		base.Set("after", fmt.Sprintf("%d-%d", acts[actsPerPage-1].Key().At, acts[actsPerPage-1].ID))
		v.Older = "/audit?" + base.Encode()
		base.Del("after")
	}
	v.CSV, v.Lines = "/audit/acts.csv?"+base.Encode(), "/audit/acts.jsonl?"+base.Encode()
	v.Acts = c.auditLines(acts)
	if err := v.choices(c); err != nil {
		return err
	}
	return c.page(http.StatusOK, "audit.html", v)
}

func (v *auditView) choices(c *call) error {
	whats, subjects, err := c.d.People.ActKinds(c.ctx())
	if err != nil {
		return err
	}
	for _, w := range whats {
		v.Whats = append(v.Whats, option{w, c.actWord(w), w == v.What})
	}
	kind, _, _ := strings.Cut(v.Subject, " ")
	for _, s := range subjects {
		v.Subjects = append(v.Subjects, option{s, c.subjectWord(s), s == kind})
	}
	for _, l := range c.d.Locales {
		v.LocaleList = append(v.LocaleList, option{l, c.Language(l), l == v.Locale})
	}
	return nil
}

func dayOf(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.DateOnly)
}

// actWord and subjectWord name an act and what it was done to.
func (c *call) actWord(what string) string { return c.or("desk.act."+actKey(what), what) }

func (c *call) subjectWord(subject string) string {
	return c.or("desk.audit.subject."+actKey(subject), subject)
}

func (c *call) auditLines(acts []edition.Act) []auditLine {
	var out []auditLine
	for _, a := range acts {
		v := auditLine{At: a.At, Who: a.Who, Machine: a.Who == edition.Machine, What: c.actWord(a.What), Subject: c.subjectWord(a.Subject), LocaleTag: a.Locale}
		v.Detail = template.HTML(scriptOf(c.Lang).profile.IsolateRuns(c.detailOf(a), false))
		if a.Locale != "" {
			v.Language = c.Language(a.Locale)
		}
		if base := map[string]string{"edition": "/editions/", "target": "/targets/", "person": "/users/", "batch": "/batches/", "change set": "/changes/"}[a.Subject]; base != "" && a.SubjectID > 0 {
			v.Href = base + itoa(a.SubjectID)
			v.Subject += " " + itoa(a.SubjectID)
		}
		out = append(out, v)
	}
	return out
}

// detailOf says an act's details in the desk's language where they are the
// program's own words.
func (c *call) detailOf(a edition.Act) string {
	if a.Subject != "person" {
		return c.toldOf(a)
	}
	if a.What == "sign-in" {
		return c.or("desk.audit.by."+a.Detail, a.Detail)
	}
	at := strings.LastIndex(a.Detail, ": ")
	if at < 0 {
		return a.Detail
	}
	gs, err := edition.ParseGrants(a.Detail[at+2:])
	if err != nil || len(gs) == 0 {
		return a.Detail
	}
	words := make([]string, 0, len(gs))
	for _, l := range c.linesOf(gs) {
		words = append(words, l.Role+" ("+l.Locales+")")
	}
	return a.Detail[:at] + ": " + strings.Join(words, c.T("desk.users.and"))
}

// exported is an act as a file has it.
type exported struct {
	ID        int64     `json:"id"`
	At        time.Time `json:"at"`
	Who       string    `json:"who"`
	What      string    `json:"what"`
	Subject   string    `json:"subject"`
	SubjectID int64     `json:"subject_id"`
	Locale    string    `json:"locale,omitempty"`
	Detail    string    `json:"detail,omitempty"`
}

// exportAudit writes all acts that the filter lets through, the newest first,
// as a file of a format.
func (d *Desk) exportAudit(kind, name string, begin func(http.ResponseWriter) func(exported) error) func(*call) error {
	return func(c *call) error {
		f := c.actFilter(c.r.URL.Query())
		f.Limit = 1000
		acts, err := d.People.AuditLog(c.ctx(), f)
		if err != nil {
			return err
		}
		if err := d.People.Note(c.ctx(), edition.Act{Who: c.me.Name, What: "audit-exported", Subject: "audit", Detail: c.r.URL.RawQuery[:min(len(c.r.URL.RawQuery), 500)]}); err != nil {
			return err
		}
		c.w.Header().Set("Content-Type", kind)
		c.w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
		write := begin(c.w)
		for len(acts) > 0 {
			for _, a := range acts {
				if err := write(exported{a.ID, a.At.UTC(), a.Who, a.What, a.Subject, a.SubjectID, a.Locale, a.Detail}); err != nil {
					return nil // the browser has gone
				}
			}
			f.After = acts[len(acts)-1].Key()
			if acts, err = d.People.AuditLog(c.ctx(), f); err != nil {
				// A file that ends early must not look whole.
				d.Log.Error("audit export cut short", "who", c.me.Name, "error", err)
				panic(http.ErrAbortHandler)
			}
		}
		return nil
	}
}

func asLines(w http.ResponseWriter) func(exported) error {
	enc := json.NewEncoder(w)
	return func(e exported) error { return enc.Encode(e) }
}

func asCSV(w http.ResponseWriter) func(exported) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"id", "at", "who", "what", "subject", "subject_id", "locale", "detail"}) // told by the next
	return func(e exported) error {
		if err := out.Write([]string{itoa(e.ID), e.At.Format(time.RFC3339Nano), inert(e.Who), inert(e.What), inert(e.Subject), itoa(e.SubjectID), inert(e.Locale), inert(e.Detail)}); err != nil {
			return err
		}
		out.Flush()
		return out.Error()
	}
}

// inert keeps a spreadsheet from reading a cell as a formula.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
