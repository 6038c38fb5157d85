package check

import (
	"strings"

	"dragoman/content"
	"dragoman/internal/edition"
)

// codes compares the inline codes of source and target.
func (c *checker) codes() {
	if !strings.Contains(c.in.Source, "⟦") && !strings.Contains(c.in.Target, "⟦") {
		return
	}
	for _, p := range content.CheckCodes(c.in.Source, c.in.Target) {
		rule := "codes.order"
		switch p.Kind {
		case content.CodeMissing:
			rule = "codes.missing"
		case content.CodeExtra:
			rule = "codes.extra"
		case content.CodeDoubled:
			rule = "codes.doubled"
		}
		f := edition.Finding{Rule: rule, Severity: ruleByID(rule).Severity, Args: map[string]string{"Code": p.Token.Text}}
		if p.Kind == content.CodeMissing {
			f.SourceStart, f.SourceEnd = p.Token.Start, p.Token.End
		} else {
			f.Start, f.End = p.Token.Start, p.Token.End
		}
		c.out = append(c.out, f)
	}
}
