// Package pseudo is an engine for testing layouts and pipelines: it shows every
// sentence in look-alike letters of the target's script, a third longer and in
// brackets, with codes, numbers and addresses as they were. It needs nothing,
// says the same at every time, and its output must never be published.
//
//	e, _ := engine.New(engine.Settings{Kind: "pseudo"})
//	// "The ⟦1⟧Coalition⟦/1⟧ met 3 times." -> "[Ţĥéé ⟦1⟧Çöááļíţííöñ⟦/1⟧ ɱééţ 3 ţííɱééš.]"
package pseudo

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/content"
	"dragoman/internal/engine"
)

// Engine is the pseudo engine.
type Engine struct{ name string }

// New makes the engine; of the settings only the name counts.
func New(s engine.Settings) (engine.Engine, error) { return &Engine{name: s.Name}, nil }

// Name is the engine's name.
func (e *Engine) Name() string { return e.name }

// Info says that the engine is local and not for publishing.
func (e *Engine) Info() engine.Info { return engine.Info{Local: true, Publishable: false} }

// Instant says that an answer needs no waiting.
func (e *Engine) Instant() bool { return true }

// Translate marks up every segment.
func (e *Engine) Translate(ctx context.Context, r engine.Request) ([]engine.Reply, error) {
	letters, ok := alphabets[engine.ScriptOf(r.Target)]
	if !ok {
		return nil, engine.NoLanguage(e.name, r.Source, r.Target)
	}
	replies := make([]engine.Reply, len(r.Segments))
	for i, s := range r.Segments {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		text := s.Text
		if !s.Blank() {
			text = letters.show(s.Text)
		}
		replies[i] = engine.Reply{Text: text, Raw: text}
	}
	return replies, nil
}

// alphabet gives a letter for each letter from a to z, small and capital.
type alphabet struct{ small, capital [26]string }

// alphabets by ISO 15924. The letters are like the Latin ones in shape (Latin,
// Cyrillic, Greek) or sound (Arabic, Hebrew), so that a tester can still read.
var alphabets = map[string]*alphabet{
	"Latn": letters("á ƀ ç đ é ƒ ğ ĥ í ĵ ķ ļ ɱ ñ ö þ ɋ ŕ š ţ ü ṽ ŵ ẋ ý ž", "Á Ɓ Ç Đ É Ƒ Ğ Ĥ Í Ĵ Ķ Ļ Ṁ Ñ Ö Þ Ɋ Ŕ Š Ţ Ü Ṽ Ŵ Ẋ Ý Ž"),
	"Cyrl": letters("а б ц д е ф г х и ж к л м н о п щ р с т у в ш ъ й з", "А Б Ц Д Е Ф Г Х И Ж К Л М Н О П Щ Р С Т У В Ш Ъ Й З"),
	"Grek": letters("α β ψ δ ε φ γ η ι ξ κ λ μ ν ο π ϙ ρ σ τ υ ϐ ω χ ζ ϛ", ""),
	"Arab": letters("ا ب ث د ي ف ج ح ى خ ك ل م ن و پ ق ر س ت ة ط ش ص ع ز", ""),
	"Hebr": letters("א ב צ ד ה פ ג ח י ז כ ל מ נ ו ף ק ר ס ת ע ט ש ץ ם ן", ""),
}

func letters(small, capital string) *alphabet {
	if capital == "" {
		capital = small
	}
	a := &alphabet{}
	copy(a.small[:], strings.Fields(small))
	copy(a.capital[:], strings.Fields(capital))
	return a
}

// show marks up one segment.
func (a *alphabet) show(coded string) string {
	var b strings.Builder
	b.Grow(len(coded)*5/2 + 8)
	body := strings.Trim(coded, " \t\n")
	lead := strings.Index(coded, body)
	tail := lead + len(body)
	b.WriteString(coded[:lead])
	b.WriteByte('[')
	owed := 0 // thirds of a letter to be added
	for _, t := range content.Tokens(coded[lead:tail]) {
		if t.Kind != content.Text {
			b.WriteString(t.Text)
			continue
		}
		owed = a.words(&b, t.Text, owed)
	}
	b.WriteByte(']')
	b.WriteString(coded[tail:])
	return b.String()
}

// words marks up plain text word by word; addresses stay as they are.
func (a *alphabet) words(b *strings.Builder, text string, owed int) int {
	for len(text) > 0 {
		end := strings.IndexFunc(text, unicode.IsSpace)
		if end < 0 {
			end = len(text)
		}
		if word := text[:end]; strings.Contains(word, "://") || strings.Contains(word, "@") || strings.HasPrefix(word, "www.") {
			b.WriteString(content.Escape(word))
		} else {
			owed = a.word(b, word, owed)
		}
		_, space := utf8.DecodeRuneInString(text[end:])
		b.WriteString(text[end : end+space])
		text = text[end+space:]
	}
	return owed
}

// word marks up one word and repeats a vowel or its last letter for every third
// letter, so that the whole grows as translations do.
func (a *alphabet) word(b *strings.Builder, word string, owed int) int {
	for _, r := range word {
		shown := ""
		switch {
		case r >= 'a' && r <= 'z':
			shown = a.small[r-'a']
		case r >= 'A' && r <= 'Z':
			shown = a.capital[r-'A']
		default:
			b.WriteString(content.Escape(string(r)))
			continue
		}
		b.WriteString(shown)
		owed++
		if owed >= 3 && strings.ContainsRune("aeiouyAEIOUY", r) {
			b.WriteString(shown)
			owed -= 3
		}
	}
	return owed
}
