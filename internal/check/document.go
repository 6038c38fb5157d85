package check

import (
	"strconv"
	"strings"

	"dragoman/content"
	"dragoman/internal/edition"
)

// RunDocument applies the rules that need the whole of an edition: one system
// of digits throughout (AR-N1), and the same words said in the same way. The
// segments are in document order and of one locale; the result has one entry
// a segment, nil where nothing was found. Run is not included.
func RunDocument(segments []Input) [][]edition.Finding {
	out := make([][]edition.Finding, len(segments))
	oneDigitSystem(segments, out)
	consistent(segments, out)
	return out
}

// oneDigitSystem reports, once a segment, figures of another system than the
// house's where other segments of the document have the house's.
func oneDigitSystem(segments []Input, out [][]edition.Finding) {
	c := checkers.Get().(*checker)
	defer c.end()
	house, others := false, make([]span, len(segments))
	for i := range segments {
		c.begin(segments[i])
		if c.tgt.has&hasDigit == 0 {
			continue
		}
		c.eachFigures(func(r rune, start, end int) {
			if strings.ContainsRune(c.p.Digits, r) {
				house = true
			} else if others[i].end == 0 {
				others[i] = span{start, end}
			}
		})
	}
	if !house {
		return
	}
	for i, run := range others {
		if run.end == 0 {
			continue
		}
		c.begin(segments[i])
		found := c.tgt.plain[run.start:run.end]
		c.add("digits.document", run.start, run.end, "Found", found)
		c.fix(run.start, run.end, houseDigits(c.p, found))
		out[i] = append(out[i], c.out...)
	}
}

// consistent reports the same source with two translations, and the same
// translation for two sources. Short segments may rightly differ.
func consistent(segments []Input, out [][]edition.Finding) {
	const least = 3 // words
	bySource, byTarget := make(map[string]int), make(map[string]int)
	for i := range segments {
		in := &segments[i]
		source, target := folded(in.Source), folded(in.Target)
		if in.Joined || in.LeftOut || target == "" || strings.Count(source, " ")+1 < least {
			continue
		}
		if first, seen := bySource[source]; !seen {
			bySource[source] = i
		} else if folded(segments[first].Target) != target {
			out[i] = append(out[i], elsewhere("consistency.source", first))
		}
		if strings.Count(target, " ")+1 < least {
			continue
		}
		if first, seen := byTarget[target]; !seen {
			byTarget[target] = i
		} else if folded(segments[first].Source) != source {
			out[i] = append(out[i], elsewhere("consistency.target", first))
		}
	}
}

// folded is a text without codes, marks at its end and differences of space
// and case, which make no other translation.
func folded(coded string) string {
	return strings.ToLower(strings.Trim(strings.Join(strings.Fields(content.Plain(coded)), " "), ".,:;!?،؛؟…«»“”\" "))
}

func elsewhere(rule string, first int) edition.Finding {
	return edition.Finding{Rule: rule, Severity: ruleByID(rule).Severity, Args: map[string]string{"Segment": strconv.Itoa(first + 1)}}
}
