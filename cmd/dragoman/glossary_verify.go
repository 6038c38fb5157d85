package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"dragoman/glossary"
)

// verifyOptions are the choices of `glossary verify`.
type verifyOptions struct {
	files               glossaryFiles
	target              string
	source, translation string // files
	speaker             string // the document's source line
	date                string
	json                bool
	repair              string // file to write the repaired translation to
}

func newGlossaryVerify(g *globals) *cobra.Command {
	var o verifyOptions
	c := &cobra.Command{
		Use:   "verify --target LOCALE --source FILE --translation FILE",
		Short: "Check the glossary's names in a translation, line by line",
		Long: `Says for each name of the glossary in each line of the source whether the same line of
the translation renders it properly, in the grammar of its language. Needs no database.
Exit code 3 means that something fails.`,
		Example: "  dragoman glossary verify --target ar --source en.txt --translation ar.txt\n  dragoman glossary verify --target ru --source en.txt --translation ru.txt --glossary names.csv --json",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return g.verifyGlossary(c.Context(), o) },
	}
	f := c.Flags()
	f.StringVar(&o.target, "target", "", "`LOCALE` of the translation")
	f.StringVar(&o.source, "source", "", "English text `FILE`, one segment a line (- for standard input)")
	f.StringVar(&o.translation, "translation", "", "translation `FILE`, line by line as the source")
	f.StringVar(&o.speaker, "document-source", "", "the document's source line, such as \"Syrian Coalition’s Media Department\"")
	f.StringVar(&o.date, "date", "", "the document's `DAY`, such as 2018-02-05, for names that count for a time")
	f.BoolVar(&o.json, "json", false, "print one JSON object for each name that each line requires; offsets in bytes of the line; the counts go to standard error")
	f.StringVar(&o.repair, "repair", "", "write the translation to `OUT` with every certain correction made")
	o.files.flag(c)
	return c
}

func (o *verifyOptions) check() error {
	if o.target == "" {
		return usagef("say in which language the translation is, with --target, such as --target ar")
	}
	var known bool
	if o.target, known = proofLanguage(o.target); !known {
		return usagef("--target %s: the grammar of this language is not known; names can be proved in %s", o.target, proofLanguages)
	}
	switch {
	case o.source == "" || o.translation == "":
		return usagef("name both files: --source FILE --translation FILE")
	case o.source == "-" && o.translation == "-":
		return usagef("only one of the two files can be standard input")
	case o.repair == "-":
		return usagef("--repair writes a file: name it")
	}
	return nil
}

func (g *globals) verifyGlossary(ctx context.Context, o verifyOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	day, err := parseDay(o.date)
	if err != nil {
		return err
	}
	gl, err := o.files.compile(g)
	if err != nil {
		return err
	}
	src, err := g.openLines("source", o.source)
	if err != nil {
		return err
	}
	defer src.close()
	dst, err := g.openLines("translation", o.translation)
	if err != nil {
		return err
	}
	defer dst.close()
	if err := sameCount(src, dst); err != nil {
		return err
	}
	if base, _, _ := strings.Cut(o.target, "-"); !slices.Contains(gl.Languages(), o.target) && !slices.Contains(gl.Languages(), base) {
		fmt.Fprintf(g.stderr, "The glossary has no term in %s; it has terms in %s.\n", o.target, strings.Join(gl.Languages(), ", "))
	}
	v := newVerifier(g, gl, o, day)
	if o.repair == "" {
		err = v.all(ctx, src, dst)
	} else {
		err = writeWhole(o.repair, func(w io.Writer) error {
			v.fixed = bufio.NewWriterSize(w, 1<<16)
			return errors.Join(v.all(ctx, src, dst), v.fixed.Flush())
		})
	}
	if err := errors.Join(v.out.Flush(), err); err != nil {
		return err
	}
	v.summary(g)
	if v.standing() > 0 {
		return errFound
	}
	return nil
}

// sameCount refuses files of different length before anything is printed,
// where both can be read twice.
func sameCount(src, dst *lineReader) error {
	a, ok, err := src.count()
	if err != nil || !ok {
		return err
	}
	b, ok, err := dst.count()
	if err != nil || !ok || a == b {
		return err
	}
	return differentLength(src, a, dst, b)
}

func differentLength(src *lineReader, a int, dst *lineReader, b int) error {
	return fmt.Errorf("source %s has %s and translation %s has %s: they must answer line by line; look for a line that was split or joined",
		src.name, plural(a, "line"), dst.name, plural(b, "line"))
}

// verifier verifies the lines of one run.
type verifier struct {
	o     verifyOptions
	gl    *glossary.Glossary
	doc   *glossary.Document
	out   *bufio.Writer
	enc   *json.Encoder
	fixed *bufio.Writer // of --repair, or nil
	batch []pair

	count   verdictCount
	left    verdictCount // after repair
	swaps   int          // made
	offered int          // left to a person
	touched int          // lines
}

// pair is a line of the source with its translation.
type pair struct {
	line     int
	src, dst textLine
	occ      []glossary.Occurrence
	verdicts []glossary.Verdict
	fixed    string // coded text, with --repair
	swaps    []glossary.Swap
	left     []glossary.Verdict // of fixed, where there are swaps
}

// batchLines is how many lines are verified together, on all cores.
const batchLines = 1024

func newVerifier(g *globals, gl *glossary.Glossary, o verifyOptions, day time.Time) *verifier {
	v := &verifier{o: o, gl: gl, doc: gl.NewDocument(o.speaker, day), out: bufio.NewWriterSize(g.stdout, 1<<16), batch: make([]pair, batchLines)}
	v.enc = jsonLines(v.out)
	return v
}

// all verifies every line, in batches.
func (v *verifier) all(ctx context.Context, src, dst *lineReader) error {
	for {
		n, err := v.read(src, dst)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		v.verify(v.batch[:n])
		for i := range v.batch[:n] {
			if err := v.tell(&v.batch[i]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if src.waiting() || dst.waiting() {
			if err := v.out.Flush(); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// read fills a batch: as many lines as are there without waiting, one at
// least. It gives io.EOF where both files end.
func (v *verifier) read(src, dst *lineReader) (int, error) {
	for n := range v.batch {
		if n > 0 && (src.waiting() || dst.waiting()) {
			return n, nil
		}
		p := &v.batch[n]
		var err1, err2 error
		p.src, err1 = src.next()
		p.dst, err2 = dst.next()
		switch {
		case errors.Is(err1, io.EOF) && errors.Is(err2, io.EOF):
			return n, io.EOF
		case errors.Is(err1, io.EOF) || errors.Is(err2, io.EOF):
			return n, unequal(src, dst, err1, err2)
		case err1 != nil || err2 != nil:
			return n, errors.Join(err1, err2)
		}
		p.line = src.n
		p.occ = v.gl.Find(p.occ[:0], p.src.text)
		p.occ = v.gl.License(v.doc, p.occ, p.src.text)
	}
	return len(v.batch), nil
}

// unequal reports that one of two streams has ended before the other.
func unequal(src, dst *lineReader, err1, err2 error) error {
	for _, err := range []error{err1, err2} {
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	}
	a, err := src.rest()
	if err != nil {
		return err
	}
	b, err := dst.rest()
	if err != nil {
		return err
	}
	return differentLength(src, a, dst, b)
}

// verify judges a batch on all cores.
func (v *verifier) verify(batch []pair) {
	workers := min(runtime.GOMAXPROCS(0), (len(batch)+31)/32)
	if workers <= 1 {
		v.judge(batch)
		return
	}
	var wg sync.WaitGroup
	for w := range workers {
		part := batch[w*len(batch)/workers : (w+1)*len(batch)/workers]
		wg.Go(func() { v.judge(part) })
	}
	wg.Wait()
}

func (v *verifier) judge(part []pair) {
	for i := range part {
		p := &part[i]
		p.verdicts = v.gl.Verify(p.verdicts[:0], v.o.target, p.src.text, p.occ, p.dst.text)
		if v.fixed == nil {
			continue
		}
		p.fixed, p.swaps, p.left = p.dst.text, nil, p.left[:0]
		if needsRepair(p.verdicts) {
			p.fixed, p.swaps = v.gl.Repair(v.o.target, p.src.text, p.occ, p.dst.text)
		}
		if p.fixed != p.dst.text {
			p.left = v.gl.Verify(p.left, v.o.target, p.src.text, p.occ, p.fixed)
		} else {
			p.left = append(p.left, p.verdicts...)
		}
	}
}

// needsRepair reports whether anything is wrong that a swap may put right.
func needsRepair(vs []glossary.Verdict) bool {
	for i := range vs {
		if r := vs[i].Result; vs[i].Fix != nil || r == glossary.ResultFail || r == glossary.ResultWarn {
			return true
		}
	}
	return false
}

// tell prints, counts and repairs one line.
func (v *verifier) tell(p *pair) error {
	v.count.lines++
	if v.fixed != nil {
		v.left.lines++
		if err := v.writeFixed(p); err != nil {
			return err
		}
	}
	return eachConcept(p.verdicts, func(vs []glossary.Verdict) error {
		v.count.add(vs)
		if v.o.json {
			return v.enc.Encode(v.object(p, vs))
		}
		return v.say(p, vs)
	})
}

// eachConcept calls f with the verdicts of each concept, which stand together.
func eachConcept(vs []glossary.Verdict, f func([]glossary.Verdict) error) error {
	for i := 0; i < len(vs); {
		k := i + 1
		for k < len(vs) && vs[k].Concept == vs[i].Concept {
			k++
		}
		if err := f(vs[i:k]); err != nil {
			return err
		}
		i = k
	}
	return nil
}

// writeFixed writes the repaired line with the byte order mark and line end
// that it had.
func (v *verifier) writeFixed(p *pair) error {
	made := 0
	for i := range p.swaps {
		if p.swaps[i].Certain {
			made++
		} else {
			v.offered++
		}
	}
	if v.swaps += made; made > 0 {
		v.touched++
	}
	if err := eachConcept(p.left, func(vs []glossary.Verdict) error { v.left.add(vs); return nil }); err != nil {
		return err
	}
	d := &p.dst
	if p.fixed == d.text {
		_, err := v.fixed.WriteString(d.raw)
		return err
	}
	_, err := v.fixed.WriteString(d.raw[:d.head] + d.plain(p.fixed) + d.raw[d.end:])
	return err
}

// standing is the number of names that fail in the end.
func (v *verifier) standing() int {
	if v.fixed != nil {
		return v.left.fail
	}
	return v.count.fail
}

// verdictCount counts the names that were required by what became of them.
type verdictCount struct {
	lines, names                      int
	ok, accepted, derived, warn, fail int
	fewer                             int // mentioned less often than in the source
	missing, forbidden, spacing       int
}

func (c *verdictCount) add(vs []glossary.Verdict) {
	c.names++
	switch vs[0].Result {
	case glossary.ResultOK:
		c.ok++
	case glossary.ResultAccepted:
		c.accepted++
	case glossary.ResultDerived:
		c.derived++
	case glossary.ResultWarn:
		c.warn++
	case glossary.ResultFail:
		c.fail++
		switch vs[0].Reason {
		case glossary.ReasonForbidden:
			c.forbidden++
		case glossary.ReasonSpacing:
			c.spacing++
		case glossary.ReasonMissing:
			c.missing++
		}
	}
	if fewer(vs) {
		c.fewer++
	}
}

// fewer reports whether a concept is mentioned less often than in the source.
func fewer(vs []glossary.Verdict) bool {
	last := &vs[len(vs)-1]
	return last.Result == glossary.ResultInfo && last.Reason == glossary.ReasonCount
}

// summary prints counts and rates.
func (v *verifier) summary(g *globals) {
	w := g.stdout
	if v.o.json {
		w = g.stderr
	}
	c := &v.count
	fmt.Fprintf(w, "%s, %s required.\n", plural(c.lines, "line"), plural(c.names, "name"))
	if c.names == 0 {
		return
	}
	row := func(n int, what string) {
		if n > 0 {
			fmt.Fprintf(w, "%9s  %5.1f%%  %s\n", grouped(n), 100*float64(n)/float64(c.names), what)
		}
	}
	row(c.ok, "right, the preferred term")
	row(c.accepted, "right, an accepted term")
	row(c.derived, "right, an adjective where one may stand")
	row(c.warn, "to be looked at")
	var kinds []string
	for _, k := range []struct {
		n    int
		what string
	}{{c.missing, "not found"}, {c.forbidden, "a forbidden term"}, {c.spacing, "spaces lost"}, {c.fail - c.missing - c.forbidden - c.spacing, "misspelt"}} {
		if k.n > 0 {
			kinds = append(kinds, fmt.Sprintf("%s %s", grouped(k.n), k.what))
		}
	}
	row(c.fail, "wrong: "+strings.Join(kinds, ", "))
	if c.fewer > 0 {
		fmt.Fprintf(w, "%9s          for information: mentioned less often than in the source\n", grouped(c.fewer))
	}
	if v.fixed != nil {
		fmt.Fprintf(w, "%s: %s in %s; %s left to a person; %s of %s wrong names are left.\n", v.o.repair,
			plural(v.swaps, "correction"), plural(v.touched, "line"), plural(v.offered, "proposal"), grouped(v.left.fail), grouped(c.fail))
	}
}
