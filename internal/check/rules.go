package check

import (
	"slices"

	"dragoman/internal/edition"
)

// Rule describes one quality rule.
type Rule struct {
	// ID is stable; the message is "finding." + ID in the catalogues.
	ID string
	// Family groups rules for lists.
	Family string
	// Severity is what a finding usually weighs; a rule may lower or raise it
	// where the case is plainer than usual.
	Severity edition.Severity
	// Args are the names of the values that the message is filled with.
	Args []string
	// Fixes: some findings come with a certain correction.
	Fixes bool
	// Source is the house rule behind it (terminology rules, section 10), or "".
	Source string
	// Document: the rule needs the whole document (RunDocument).
	Document bool
}

// rules is the list of all rules, by family.
var rules = []Rule{
	{ID: "empty", Family: "empty", Severity: edition.Error, Source: "AR-S3"},
	{ID: "same-as-source", Family: "same", Severity: edition.Error, Source: "AR-S3"},
	{ID: "untranslated.part", Family: "same", Severity: edition.Warning, Args: []string{"Text"}},

	{ID: "codes.missing", Family: "codes", Severity: edition.Error, Args: []string{"Code"}},
	{ID: "codes.extra", Family: "codes", Severity: edition.Error, Args: []string{"Code"}},
	{ID: "codes.doubled", Family: "codes", Severity: edition.Error, Args: []string{"Code"}},
	{ID: "codes.order", Family: "codes", Severity: edition.Error, Args: []string{"Code"}},

	{ID: "text.replacement", Family: "characters", Severity: edition.Error, Source: "AR-P4"},
	{ID: "text.mojibake", Family: "characters", Severity: edition.Error, Args: []string{"Text"}, Source: "AR-P4"},
	{ID: "text.control", Family: "characters", Severity: edition.Error, Args: []string{"Code"}, Fixes: true},
	{ID: "text.forbidden", Family: "characters", Severity: edition.Error, Args: []string{"Code"}},
	{ID: "text.entity", Family: "characters", Severity: edition.Error, Args: []string{"Found", "Expected"}, Fixes: true},

	{ID: "unsafe.html", Family: "unsafe", Severity: edition.Error, Args: []string{"Text"}},
	{ID: "engine.chatter", Family: "engine", Severity: edition.Error, Args: []string{"Text"}},
	{ID: "engine.markup", Family: "engine", Severity: edition.Error, Args: []string{"Text"}},
	{ID: "engine.placeholder", Family: "engine", Severity: edition.Error, Args: []string{"Text"}},

	{ID: "script.wrong", Family: "script", Severity: edition.Error, Args: []string{"Share"}},
	{ID: "script.latin-word", Family: "script", Severity: edition.Warning, Args: []string{"Word"}, Source: "AR-B2"},
	{ID: "script.foreign", Family: "script", Severity: edition.Warning, Args: []string{"Word"}},
	{ID: "script.mixed-word", Family: "script", Severity: edition.Error, Args: []string{"Word"}},

	{ID: "numbers.missing", Family: "numbers", Severity: edition.Error, Args: []string{"Number"}, Source: "AR-N2"},
	{ID: "numbers.extra", Family: "numbers", Severity: edition.Warning, Args: []string{"Number"}, Source: "AR-N2"},
	{ID: "numbers.percent", Family: "numbers", Severity: edition.Warning, Args: []string{"Number"}, Source: "AR-N2"},
	{ID: "numbers.currency", Family: "numbers", Severity: edition.Warning, Args: []string{"Sign"}},
	{ID: "numbers.format", Family: "numbers", Severity: edition.Warning, Args: []string{"Number", "Expected"}, Fixes: true},
	{ID: "digits.house", Family: "digits", Severity: edition.Warning, Args: []string{"Found"}, Fixes: true, Source: "AR-N1"},
	{ID: "digits.mixed", Family: "digits", Severity: edition.Error, Args: []string{"Found"}, Fixes: true, Source: "AR-N1"},
	{ID: "digits.document", Family: "digits", Severity: edition.Error, Args: []string{"Found"}, Fixes: true, Source: "AR-N1", Document: true},

	{ID: "date.month", Family: "dates", Severity: edition.Warning, Args: []string{"Month"}, Source: "AR-D1"},
	{ID: "date.weekday", Family: "dates", Severity: edition.Error, Args: []string{"Weekday"}, Source: "AR-D1"},
	{ID: "date.mismatch", Family: "dates", Severity: edition.Error, Args: []string{"Date", "Weekday"}, Source: "AR-D1"},
	{ID: "ar.month", Family: "dates", Severity: edition.Error, Args: []string{"Found", "Expected"}, Fixes: true, Source: "AR-D1"},

	{ID: "count.noun", Family: "counted", Severity: edition.Warning, Args: []string{"Found", "Expected"}, Fixes: true, Source: "AR-N3"},
	{ID: "count.gender", Family: "counted", Severity: edition.Warning, Args: []string{"Found", "Expected"}, Fixes: true, Source: "AR-N3"},

	{ID: "links.url", Family: "links", Severity: edition.Error, Args: []string{"URL"}},
	{ID: "links.email", Family: "links", Severity: edition.Error, Args: []string{"Address"}},
	{ID: "links.extra", Family: "links", Severity: edition.Warning, Args: []string{"URL"}},

	{ID: "punctuation.end", Family: "punctuation", Severity: edition.Warning, Args: []string{"Expected", "Found"}},
	{ID: "punctuation.end-missing", Family: "punctuation", Severity: edition.Warning, Args: []string{"Expected"}, Fixes: true},
	{ID: "punctuation.end-extra", Family: "punctuation", Severity: edition.Info, Args: []string{"Found"}},
	{ID: "punctuation.doubled", Family: "punctuation", Severity: edition.Warning, Args: []string{"Found"}, Fixes: true},
	{ID: "punctuation.space-before", Family: "punctuation", Severity: edition.Warning, Args: []string{"Mark"}, Fixes: true, Source: "AR-P2"},
	{ID: "punctuation.space-after", Family: "punctuation", Severity: edition.Warning, Args: []string{"Mark"}, Fixes: true, Source: "AR-P2"},
	{ID: "capital.start", Family: "punctuation", Severity: edition.Info, Args: []string{"Found", "Expected"}, Fixes: true},

	{ID: "quotes.unbalanced", Family: "quotes", Severity: edition.Error, Args: []string{"Mark"}, Source: "AR-P4"},
	{ID: "quotes.mirrored", Family: "quotes", Severity: edition.Error, Fixes: true, Source: "AR-P4"},
	{ID: "quotes.style", Family: "quotes", Severity: edition.Warning, Args: []string{"Found", "Expected"}, Fixes: true, Source: "AR-P3"},
	{ID: "quotes.missing", Family: "quotes", Severity: edition.Warning, Source: "AR-A1"},
	{ID: "brackets.unbalanced", Family: "quotes", Severity: edition.Error, Args: []string{"Mark"}, Source: "AR-P4"},
	{ID: "brackets.mirrored", Family: "quotes", Severity: edition.Error, Source: "AR-P4"},

	{ID: "space.ends", Family: "space", Severity: edition.Warning, Fixes: true},
	{ID: "space.doubled", Family: "space", Severity: edition.Warning, Fixes: true, Source: "AR-P6"},
	{ID: "space.line-break", Family: "space", Severity: edition.Warning, Fixes: true},
	{ID: "space.zero-width", Family: "space", Severity: edition.Warning, Args: []string{"Code"}, Fixes: true},

	{ID: "bidi.control", Family: "bidi", Severity: edition.Error, Args: []string{"Code"}, Fixes: true, Source: "AR-B1"},
	{ID: "bidi.unbalanced", Family: "bidi", Severity: edition.Error, Fixes: true, Source: "AR-B1"},

	{ID: "ar.punctuation.latin", Family: "arabic", Severity: edition.Error, Args: []string{"Found", "Expected"}, Fixes: true, Source: "AR-P1"},
	{ID: "ar.presentation", Family: "arabic", Severity: edition.Error, Args: []string{"Found", "Expected"}, Fixes: true, Source: "AR-P4"},
	{ID: "ar.persian", Family: "arabic", Severity: edition.Error, Args: []string{"Found", "Expected"}, Fixes: true, Source: "AR-P4"},
	{ID: "ar.glued", Family: "arabic", Severity: edition.Error, Args: []string{"Word"}, Fixes: true, Source: "AR-P5"},
	{ID: "ar.spelling", Family: "arabic", Severity: edition.Warning, Args: []string{"Found", "Expected"}, Fixes: true, Source: "AR-P6"},
	{ID: "ar.fathatan", Family: "arabic", Severity: edition.Warning, Args: []string{"Expected"}, Fixes: true, Source: "AR-P6"},

	{ID: "fr.space", Family: "french", Severity: edition.Warning, Args: []string{"Mark"}, Fixes: true},
	{ID: "es.opening", Family: "spanish", Severity: edition.Warning, Args: []string{"Mark", "Expected"}},
	{ID: "tr.percent", Family: "turkish", Severity: edition.Warning, Args: []string{"Expected"}, Fixes: true},
	{ID: "dash.hyphen", Family: "russian", Severity: edition.Warning, Fixes: true},

	{ID: "length.ratio", Family: "length", Severity: edition.Warning, Args: []string{"Percent"}, Source: "AR-S3"},
	{ID: "sentences.count", Family: "length", Severity: edition.Warning, Args: []string{"Source", "Target"}, Source: "AR-S3"},
	{ID: "post.length", Family: "length", Severity: edition.Error, Args: []string{"Length", "Limit"}},

	{ID: "words.doubled", Family: "words", Severity: edition.Warning, Args: []string{"Word"}, Fixes: true},
	{ID: "negation.flipped", Family: "negation", Severity: edition.Info},

	{ID: "consistency.source", Family: "consistency", Severity: edition.Info, Args: []string{"Segment"}, Document: true},
	{ID: "consistency.target", Family: "consistency", Severity: edition.Info, Args: []string{"Segment"}, Document: true},
}

// Rules returns every rule that this package applies.
func Rules() []Rule { return slices.Clone(rules) }

var rulesByID = func() map[string]*Rule {
	m := make(map[string]*Rule, len(rules))
	for i := range rules {
		m[rules[i].ID] = &rules[i]
	}
	return m
}()

// ruleByID returns a rule of the list; an id that is not there is a mistake
// in this package.
func ruleByID(id string) *Rule {
	r, ok := rulesByID[id]
	if !ok {
		panic("check: rule " + id + " is not in the list of rules")
	}
	return r
}
