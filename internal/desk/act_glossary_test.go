package desk_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"dragoman/glossary"
	"dragoman/internal/edition"
)

// camps has a name that is in no glossary, twice.
const camps = "---\ntitle: Camps\nslug: camps\n---\n\nPeople fled to Atmeh. The camps near Atmeh are full.\n"

// campsInArabic is what a person makes of it.
var campsInArabic = []string{"المخيمات", "نزح الناس إلى أطمة.", "المخيمات القريبة من أطمة ممتلئة."}

// A terminologist finds a name, changes it, brings in a sheet, takes one home,
// and adds a name that recurs in the texts.
func TestATerminologistKeepsTheGlossary(t *testing.T) {
	perform(t, task{who: "terminologist", options: options{files: map[string]string{"towns.md": town, "camps.md": camps}}, do: func(b *tab) {
		b.room("/glossary")
		b.fillIn(`[name="q"]`, "كفر نبل")
		b.wait(`document.querySelectorAll('#list .entry').length === 1 && location.search.includes('q=')`)
		b.look("glossary-found")
		b.click(`#list .entry .to`)
		b.look("concept")
		b.changeTheName()
		b.importASheet()
		b.room("/glossary")
		b.hit(`details.pop summary`)
		b.see(`details.pop[open] a`)
		b.look("glossary-download")
		if sheet := b.download(`details.pop a[href$="format=csv"]`); !strings.Contains(sheet, "loc.kafranbel") || !strings.Contains(sheet, "كفرنبل") {
			b.t.Errorf("the sheet is %q", sheet)
		}
		b.addWhatRecurs()
	}})
}

// changeTheName makes a change of the Arabic name of Kafranbel; nothing is
// lost when a reason is missing.
func (b *tab) changeTheName() {
	b.t.Helper()
	b.click(`.room-head a.button[href$="/edit"]`)
	if !eval[bool](b, `document.querySelector('[name="ar"]').checkVisibility()`) {
		b.hit(`details:has([name="ar"]) > summary`)
	}
	b.fillIn(`[name="ar"]`, "كفر نبل")
	b.reads(`#forms`, "وبكفر نبل") // what would be accepted follows
	b.look("concept-form")
	b.click(`.concept-form button.main`)
	b.see(`.problems[role="alert"]`)
	b.look("concept-form-refused")
	if got := eval[string](b, `document.querySelector('[name="ar"]').value`); got != "كفر نبل" {
		b.t.Fatalf("refused, the form holds %q", got)
	}
	b.fillIn(`[name="reason"]`, map[string]string{"en": "as the town writes itself", "ar": "كما يكتبها أهل البلدة"}[b.lang])
	b.click(`.concept-form button.main`)
	b.wait(`location.pathname.startsWith('/changes/') && document.body.textContent.includes('كفر نبل')`)
	b.look("change")
	// It may be thrown away, for a reason.
	b.hit(`details:has(form[action$="/discard"]) > summary`)
	b.see(`form[action$="/discard"] input`)
	b.look("change-discard")
	b.fillIn(`form[action$="/discard"] input`, "بعد التشاور")
	b.click(`form[action$="/discard"] button`)
	b.see(`.said.done`)
}

// importASheet is refused with the line of a mistake, then shows what a good
// sheet would change.
func (b *tab) importASheet() {
	b.t.Helper()
	b.open("/glossary")
	b.click(`a.tab[href="/glossary/import"]`)
	b.attach(`[name="file"]`, "bad.csv", "id,kind,en,ar\nloc.a,PLACE,Alpha,ألفا\n")
	b.click(`main form button.main`)
	b.reads(`.problems`, "bad.csv:2")
	b.look("import-refused")
	b.attach(`[name="file"]`, "good.csv", "id,kind,en,ar\nloc.kafranbel,LOC,Kafranbel,كفر نبل\nloc.hass,LOC,Hass,حاس\n")
	b.fillIn(`[name="reason"]`, "sheet of the field office")
	b.click(`main form button.main`)
	b.wait(`location.pathname.startsWith('/changes/') && document.body.textContent.includes('حاس')`)
	b.look("import-preview")
}

// addWhatRecurs takes a name up that the texts have again and again, and
// applies the change.
func (b *tab) addWhatRecurs() {
	b.t.Helper()
	b.open("/glossary/proposed")
	b.h.until("the texts are read", func() bool {
		b.open("/glossary/proposed")
		return eval[bool](b, `document.querySelector('a[href*="/concepts/new"]') !== null`)
	})
	b.look("proposed")
	b.click(`a[href*="/concepts/new"][href*="Atmeh"]`)
	if !eval[bool](b, `document.querySelector('[name="ar"]').checkVisibility()`) {
		b.hit(`details:has([name="ar"]) > summary`)
	}
	b.fillIn(`[name="ar"]`, "أطمة")
	if eval[string](b, `document.querySelector('[name="id"]').value`) == "" {
		b.fillIn(`[name="id"]`, "loc.atmeh")
	}
	b.fillIn(`[name="reason"]`, "it recurs")
	b.look("concept-new")
	b.click(`.concept-form button.main`)
	b.wait(`location.pathname.startsWith('/changes/')`)
	b.click(`form[action$="/apply"] button`)
	b.wait(`location.pathname.startsWith('/batches/')`)
	b.see(`.b-done`)
	b.room("/glossary")
	b.fillIn(`[name="q"]`, "أطمه")
	b.wait(`document.querySelector('#list .entry')?.textContent.includes('Atmeh')`)
}

// A change of the glossary is looked at, applied and watched; of the sentences
// that wait one is let stand, and the glossary learns from it, the rest is
// accepted; then all of it is undone.
func TestABatchIsDecided(t *testing.T) {
	perform(t, task{
		who: "admin", options: options{files: map[string]string{"towns.md": town}, locales: []string{"ar"}},
		before: func(h *house) {
			v := h.view("towns", "ar", "")
			saved, err := h.pipe.Edit(h.t.Context(), "Omar", v.Rows[2].Target.ID, v.Rows[2].Target.Standing.ID, "قُصفت كفرنبل مجددًا.")
			h.must(err)
			_, err = h.pipe.ApproveTarget(h.t.Context(), "Lina", saved.ID, saved.Standing.ID)
			h.must(err)
			_, err = h.pipe.ApproveTarget(h.t.Context(), "Lina", v.Rows[1].Target.ID, v.Rows[1].Target.Standing.ID)
			h.must(err)
			h.rename("loc.kafranbel", "كفر نبل", "as the town writes itself")
		},
		do: func(b *tab) {
			b.room("/batches")
			b.look("batches")
			b.click(`.rows a[href^="/changes/"]`)
			b.reads(`main`, "كفر نبل")
			b.look("change-preview")
			b.click(`form[action$="/apply"] button`)
			b.wait(`location.pathname.startsWith('/batches/')`)
			b.see(`.b-done`) // the page follows the batch until it rests
			b.wait(`!document.querySelector('#progress[data-batch]')`)
			b.look("batch")
			batch := eval[string](b, `location.pathname`)
			// Nothing chosen: a sentence says so.
			b.click(`#many button[value="yes"]`)
			b.see(`.said.error`)
			b.look("batch-none-chosen")
			b.click(`.group-row a[href*="/groups/"]`)
			b.wait(`document.querySelectorAll('[name="target"]').length === 2`)
			b.hit(`[name="target"]`)
			b.hit(`#many details.reason summary`)
			b.see(`#many [name="teach"]`)
			b.look("batch-reject")
			b.fillIn(`#many [name="reason"]`, "a quotation")
			b.choose(`#many [name="teach"]`, "variant")
			b.click(`#many button[value="no"]`)
			b.see(`.said.done a[href^="/changes/"]`) // what the glossary would learn is a change of its own
			b.wait(`document.querySelectorAll('[name="target"]').length === 1`)
			b.look("batch-group")
			b.open(batch)
			b.click(`.group-row button.main[value="yes"]`)
			b.see(`.said.done`)
			b.wait(`!document.querySelector('.group-row button.main')`)
			b.look("batch-decided")
			renamed := func() (n int) {
				for _, r := range b.h.view("towns", "ar", "").Rows {
					n += strings.Count(r.Target.Standing.Text, "كفر نبل")
				}
				return n
			}
			if renamed() != 1 {
				b.t.Errorf("accepted in one and rejected in one, the new name stands %d times", renamed())
			}
			b.hit(`details:has(form[action$="/undo"]) > summary`)
			b.see(`form[action$="/undo"] button`)
			b.look("batch-undo")
			b.click(`form[action$="/undo"] button`)
			b.see(`.b-undone`)
			b.look("batch-undone")
			if renamed() != 0 {
				b.t.Error("undone, the new name still stands")
			}
		},
	})
}

// rename saves a change of a concept's Arabic name.
func (h *house) rename(id, ar, why string) edition.ChangeSet {
	h.t.Helper()
	at, _ := h.pipe.Glossary().ByID(id)
	after := *h.pipe.Glossary().Concept(at)
	after.Targets = maps.Clone(after.Targets)
	after.Targets["ar"] = glossary.Terms{Preferred: []glossary.Term{{Text: ar}}}
	set, _, err := h.pipe.SaveChangeSet(h.t.Context(), "terminologist", edition.ChangeSet{Title: "Change " + after.Source, Reason: why, Edits: []edition.ConceptEdit{{ID: id, After: &after}}}, edition.OldForbidden)
	h.must(err)
	return set
}

// The memory is searched; a pair leads to where it was approved; another is
// deleted, for a reason that is asked for.
func TestAPairIsForgotten(t *testing.T) {
	perform(t, task{
		who: "terminologist", options: options{files: map[string]string{"attack.md": attack, "camps.md": camps}, locales: []string{"ar"}},
		before: func(h *house) {
			h.finish("camps", "ar", campsInArabic...)
		},
		do: func(b *tab) {
			b.room("/memory")
			b.h.until("what another process approved is in the memory", func() bool {
				b.open("/memory")
				return strings.Contains(b.text(), "ممتلئة")
			})
			b.look("memory")
			all := eval[int](b, `document.querySelectorAll('[name="pair"]').length`)
			b.fillIn(`[name="q"]`, "أطمة")
			b.wait(`document.querySelectorAll('[name="pair"]').length === 2`)
			b.look("memory-found")
			b.click(`#list a[href^="/editions/"]`)
			b.see(`.seg`)
			b.open("/memory?q=Kafranbel")
			b.hit(`[name="pair"]`)
			b.hit(`#forget button`) // the browser asks for the reason
			b.wait(`document.activeElement.matches('#forget [name="reason"]:invalid')`)
			b.look("memory-reason")
			b.write("an old spelling")
			b.leaving(func() { b.press(kb.Enter) })
			b.see(`.said.done`)
			b.look("memory-forgotten")
			b.open("/memory")
			if n := eval[int](b, `document.querySelectorAll('[name="pair"]').length`); n != all-1 {
				b.t.Errorf("of %d pairs %d are left", all, n)
			}
			b.open("/memory/templates")
			b.look("memory-templates")
			eval[chromedp.Void](b, `document.activeElement.blur()`)
		},
	})
}
