package desk_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/locales"
	"dragoman/pipeline"
)

// hole is what a page shows where a message is missing.
var hole = regexp.MustCompile(`\[[a-z-]+\.[a-z.-]+\]|<no value>|%!`)

var (
	inTemplates = regexp.MustCompile(`(?:\.T|\.N|\.Flag "\w+") "([a-z][\w.-]+)"`)
	inCode      = regexp.MustCompile(`(?:\bT|\bN|heard|withReason\(\w+,|ID:|choices|answer\(c\.T)\(?\s*"([a-z-]+\.[\w.-]+)"`)
)

// Every sentence that the desk says is in every catalogue, those too whose
// name is put together of parts.
func TestNoSentenceIsMissing(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	collect := func(pattern string, find *regexp.Regexp) {
		files, _ := filepath.Glob(pattern)
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range find.FindAllStringSubmatch(string(b), -1) {
				if !strings.HasSuffix(m[1], ".") && !strings.HasSuffix(f, "_test.go") {
					ids[m[1]] = true
				}
			}
		}
	}
	collect("templates/*.html", inTemplates)
	collect("*.go", inCode)
	if len(ids) < 120 {
		t.Fatalf("only %d sentences were found: the patterns of this test are out of date", len(ids))
	}
	for _, id := range made() {
		ids[id] = true
	}
	for _, tag := range locales.DeskCatalogues() {
		l := locales.NewLocalizer(tag)
		for id := range ids {
			if !l.Has(id) {
				t.Errorf("%s: %q is missing", tag, id)
			}
		}
	}
}

// made are the sentences whose names are made at run time.
func made() []string {
	ids := roomWords()
	add := func(prefix string, names ...string) {
		for _, n := range names {
			ids = append(ids, prefix+n)
		}
	}
	for _, s := range edition.States() {
		add("state.edition.", string(s))
	}
	for _, s := range []edition.TargetState{edition.Initial, edition.Translated, edition.Reviewed, edition.Final} {
		add("state.target.", string(s))
	}
	for _, o := range []edition.OriginKind{edition.FromContext, edition.FromExact, edition.FromNormalised, edition.FromFuzzy, edition.FromRepaired, edition.FromEngine, edition.FromHuman, edition.FromOriginal, edition.Untranslated} {
		add("origin.", string(o))
	}
	for _, k := range []content.UnitKind{content.KindTitle, content.KindSummary, content.KindSocial, content.KindCategory, content.KindTag, content.KindHeading, content.KindParagraph, content.KindItem, content.KindQuote,
		content.KindCell, content.KindCaption, content.KindAlt, content.KindLinkTitle, content.KindAttribution, content.KindDateline, content.KindFootnote} {
		add("desk.unit.", string(k))
	}
	for _, k := range []glossary.Kind{glossary.PER, glossary.LOC, glossary.ORG, glossary.FIXED, glossary.NISBA, glossary.GROUP, glossary.COMMON, glossary.TERM} {
		add("desk.kind.", string(k))
	}
	for _, r := range []glossary.Result{glossary.ResultOK, glossary.ResultAccepted, glossary.ResultDerived, glossary.ResultWarn, glossary.ResultFail} {
		add("desk.verdict.", string(r))
	}
	for _, c := range []edition.Cause{edition.ByRevision, edition.ByBatch, edition.ByImport, edition.ByMemory} {
		add("proposal.", string(c))
	}
	for _, e := range []edition.Event{edition.Drafted, edition.Approve, edition.Schedule, edition.Publish, edition.Reopen, edition.Revise, edition.Fail, edition.Retry, edition.Withdraw} {
		add("desk.act.", string(e))
	}
	add("desk.act.", "publish-asked", "assign", "reject")
	add("severity.", "error", "warning", "info")
	add("desk.role.", "viewer", "translator", "reviewer", "terminologist", "publisher", "admin")
	add("desk.tab.", "waiting", "approved", "scheduled", "published", "drafting", "failed", "withdrawn", "all")
	for _, f := range []string{"found.any", "found.errors", "found.findings", "found.nothing", "found.proposals", "who.anybody", "who.me", "who.nobody",
		"wait.any", "wait.day", "wait.days", "wait.week", "time.any", "time.late", "time.today", "time.embargo", "order.turn", "order.language", "order.newest"} {
		name, _, _ := strings.Cut(f, ".")
		add("desk.queue.", f, name+".name")
	}
	add("desk.group.", "meta", "list", "table", "quote")
	add("desk.hold.", string(edition.HoldWaiting), string(edition.HoldConfidential), string(edition.HoldLocal), string(edition.HoldBudget), string(edition.HoldUnable))
	for _, r := range edition.TroubleReasons() {
		add("desk.trouble.", string(r))
	}
	add("desk.trouble.", "unfit-plain", "refused-plain")
	add("desk.house.broken.", "items", "size", "encoding", "empty", "codes", "markup", "bidi", "chatter", "script", "language", "numbers", "sentences", "length")
	add("desk.reason.", "failed", "withdrawn", "sent-back")
	add("desk.refusal.", "state", "gone", "utf8", "long", "control", "empty", "reason", "no-fix", "proposal", "untranslated", "errors", "four-eyes", "unreviewed", "drafting", "pseudo", "revision", "not-approved", "title", "change-empty", "change-decided", "change-twice", "change-past")
	add("desk.refusal.",
		"merged", "merge-last", "merge-omitted", "merge-kind", "split", "split-place", "split-joined", "split-omitted", "split-whole", "split-name", "undo-none", "undo-moved", "remark-empty", "remark-long", "quotation", "quotation-empty")
	ids = append(ids, "review.done-original", "review.done-spoken", "review.done-unsaid", "review.done-file")
	add("review.undone.", "edit", "approve", "reject", "omit", "dismiss", "proposal", "merge", "split", "original")
	add("desk.act.", "comment", "comment-closed", "comment-opened")
	add("desk.refusal.", "batch-nothing", "batch-four-eyes", "batch-teach", "batch-state", "batch-concept-moved", "batch-glossary", "proposal-conflict", "correction-none")
	add("desk.ours.", "version", "batch", "batch-undone", "batch-rejected", "kept", "exceptions", "by-hand", "starter", "file")
	add("desk.change.why.", edition.WhyOmitted, edition.WhyEmpty, edition.WhyRight, edition.WhyNoSwap, edition.WhyOthers, edition.WhyNotClear, edition.WhyBeside, edition.WhyBefore, pipeline.WhyNoEngine,
		glossary.ReasonMissing, glossary.ReasonForbidden, glossary.ReasonSpacing, glossary.ReasonDerived, glossary.ReasonAgreement, glossary.ReasonHarmony, glossary.ReasonCount, glossary.ReasonOrthography, glossary.ReasonAmbiguous,
		glossary.SwapAgreement, glossary.SwapCase, glossary.SwapHarmony, glossary.SwapInflected, glossary.SwapCodes, glossary.SwapKind)
	add("desk.act.", "settle", "accept-change", "reject-change")
	add("desk.act.", "again", "restore", "undo", "merge", "split", "original", "due", "proposal-accepted", "proposal-rejected", "apply", "done", "pause", "resume", "cancel", "undone",
		"change-set", "change-set-edited", "change-set-scope", "change-set-scheduled", "change-set-unscheduled", "change-set-discarded", "change-set-applied", "glossary", "correct", "delete")
	add("desk.audit.subject.", "batch", "change-set")
	ids = append(ids, peopleSay()...)
	return ids
}

// Each refusal that the pipeline and its rules know has a sentence.
func TestEveryRefusalHasASentence(t *testing.T) {
	t.Parallel()
	find := regexp.MustCompile(`(?:Rule: |refuse\()"([\w-]+)"`)
	known := strings.Join(made(), " ") + " "
	n := 0
	for _, pattern := range []string{"../../pipeline/*.go", "../edition/*.go", "../people/*.go"} {
		files, _ := filepath.Glob(pattern)
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(f, "_test.go") || !strings.Contains(string(b), "Refusal") {
				continue
			}
			for _, m := range find.FindAllStringSubmatch(string(b), -1) {
				n++
				if !strings.Contains(known, "desk.refusal."+m[1]+" ") {
					t.Errorf("%s: the refusal %q has no sentence", f, m[1])
				}
			}
		}
	}
	if n < 10 {
		t.Errorf("only %d refusals were found", n)
	}
}

// All pages speak the language that was chosen, from the side it is written
// from, without holes.
func TestPagesInEveryLanguage(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	b := h.as("Lina")
	v := h.view("attack", "ar", "")
	ed := "/editions/" + itoa(v.ID)
	for lang, dir := range map[string]string{"en": "ltr", "ar": "rtl", "fr": "ltr"} {
		b.lang = lang
		for _, path := range []string{"/", "/?state=all", "/keyboard", "/sign-in?token=x", ed, ed + "?segment=4", ed + "/diff", ed + "/history", ed + "/preview", "/targets/" + itoa(v.Rows[1].Target.ID) + "/history", "/concepts/loc.maasran?locale=ar", "/nowhere"} {
			a := b.get(path)
			if !strings.Contains(a.Body, `<html lang="`+lang+`" dir="`+dir+`"`) {
				t.Errorf("%s in %s: %.80s", path, lang, a.Body)
			}
			if m := hole.FindString(a.Body); m != "" {
				t.Errorf("%s in %s: %s", path, lang, m)
			}
		}
	}
}

// A page says of each text which language it is in and where it begins.
func TestColumnsHaveTheirOwnLanguage(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	a := h.as("Lina").get("/editions/" + itoa(h.view("attack", "ar", "").ID))
	for _, want := range []string{`<div class="text src" lang="en" dir="ltr">`, `<div class="text" lang="ar" dir="rtl">`, `<textarea name="text" lang="ar" dir="rtl"`} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}
