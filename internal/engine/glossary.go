package engine

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"
	"time"
)

// Glossary is what an engine's own glossary for a pair of languages shall say.
type Glossary struct {
	Source, Target string // BCP 47
	// Entries are dictionary forms; NewGlossary sees to it that no source
	// stands there twice, and to their order.
	Entries []Hint
}

// NewGlossary makes a glossary of entries in any order. Of several with the
// same source the first counts; what has nothing on a side is left out.
func NewGlossary(source, target string, entries []Hint) Glossary {
	g := Glossary{Source: source, Target: target}
	seen := map[string]bool{}
	for _, e := range entries {
		e = Hint{Source: strings.Join(strings.Fields(e.Source), " "), Target: strings.Join(strings.Fields(e.Target), " ")}
		if e.Source == "" || e.Target == "" || seen[e.Source] {
			continue
		}
		seen[e.Source] = true
		g.Entries = append(g.Entries, e)
	}
	slices.SortFunc(g.Entries, func(a, b Hint) int { return cmp.Compare(a.Source, b.Source) })
	return g
}

// Version names the entries: equal entries have equal versions.
func (g Glossary) Version() string { return versionOf(g.Entries) }

func versionOf(entries []Hint) string {
	h := fnv.New128a()
	for _, e := range entries {
		_, _ = fmt.Fprintf(h, "%q %q\n", e.Source, e.Target)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// GlossarySyncer is an engine whose service has glossaries that Dragoman keeps
// in step with its own, where it is configured to. Find it with As, since it may
// have other things around it.
type GlossarySyncer interface {
	Engine
	// KeepsGlossaries reports whether it is configured to; the other methods
	// are for engines that are.
	KeepsGlossaries() bool
	// SyncGlossary makes the service's glossary for a pair say what g says, and
	// has it used from then on. It is idempotent, and goes on where an earlier
	// one was interrupted, in another process too. Where g has no entries, none
	// is used. The error is an *Error, as Translate's.
	SyncGlossary(ctx context.Context, g Glossary) (GlossaryReport, error)
	// SyncedGlossary is what is used for a pair now, nil where nothing is.
	SyncedGlossary(ctx context.Context, source, target string) (*SyncedGlossary, error)
}

// GlossaryReport says what a sync did.
type GlossaryReport struct {
	// ID is the service's name of the glossary, "" where none is used.
	ID, Version string
	Entries     int
	// Added, Changed and Removed count entries; they are those of the whole
	// glossary where it was Created or Replaced in one go.
	Added, Changed, Removed int
	Created, Replaced       bool
	// Resumed means that something was finished that had been interrupted.
	Resumed bool
}

// SyncedGlossary is an engine's glossary for a pair as it was last synced.
type SyncedGlossary struct {
	ID, Version string
	entries     map[uint64]struct{}
}

// VersionFor names what the glossary says of the terms that a segment requires.
// A cached reply holds for as long as that stays, so an entry that the segment
// has nothing to do with changes nothing. It is "" for no glossary.
func (g *SyncedGlossary) VersionFor(terms []Hint) string {
	if g == nil || g.ID == "" {
		return ""
	}
	var held []Hint
	for _, t := range terms {
		if _, ok := g.entries[entryHash(t)]; ok {
			held = append(held, t)
		}
	}
	slices.SortFunc(held, func(a, b Hint) int { return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Target, b.Target)) })
	return g.ID + " " + versionOf(slices.Compact(held))
}

func entryHash(e Hint) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s\x00%s", e.Source, e.Target)
	return h.Sum64()
}

// As finds an engine of type T in e or in what e stands around (its Unwrap).
func As[T any](e Engine) (T, bool) {
	for e != nil {
		if t, ok := e.(T); ok {
			return t, true
		}
		u, ok := e.(interface{ Unwrap() Engine })
		if !ok {
			break
		}
		e = u.Unwrap()
	}
	var zero T
	return zero, false
}

// Unwrap gives the engine itself.
func (l *LimitedEngine) Unwrap() Engine { return l.engine }

// Notebook keeps what engines must know again after a restart, such as an
// operation under way at the service. Its methods are safe to call at once; a
// note that is not there is "".
type Notebook interface {
	EngineNote(ctx context.Context, engine, name string) (string, error)
	SetEngineNote(ctx context.Context, engine, name, value string) error
}

// MemoryNotebook is a notebook that ends with the process.
type MemoryNotebook struct {
	mu    sync.Mutex
	notes map[[2]string]string
}

// EngineNote reads a note.
func (m *MemoryNotebook) EngineNote(_ context.Context, engine, name string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.notes[[2]string{engine, name}], nil
}

// SetEngineNote writes a note.
func (m *MemoryNotebook) SetEngineNote(_ context.Context, engine, name, value string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.notes == nil {
		m.notes = map[[2]string]string{}
	}
	m.notes[[2]string{engine, name}] = value
	return nil
}

// GlossaryNote is what an adapter notes of its glossary for a pair.
type GlossaryNote struct {
	// ID and Version are of the glossary in use, "" for none.
	ID      string `json:"id,omitempty"`
	Version string `json:"version,omitempty"`
	// Operation is what is under way at the service, Pending the version that
	// it leads to.
	Operation string `json:"operation,omitempty"`
	Pending   string `json:"pending,omitempty"`
}

// GlossaryNotes are an engine's notes of its glossaries.
type GlossaryNotes struct {
	engine string
	book   Notebook

	mu     sync.Mutex
	loaded map[string]*SyncedGlossary // by pair, of the version last seen
}

// NewGlossaryNotes opens the notes of the engine called name; a nil book is one
// that ends with the process.
func NewGlossaryNotes(name string, book Notebook) *GlossaryNotes {
	if book == nil {
		book = &MemoryNotebook{}
	}
	return &GlossaryNotes{engine: name, book: book, loaded: map[string]*SyncedGlossary{}}
}

func pairName(source, target string) string { return "glossary " + source + " " + target }

// Note reads the note of a pair, the zero value where there is none.
func (n *GlossaryNotes) Note(ctx context.Context, source, target string) (note GlossaryNote, err error) {
	text, err := n.book.EngineNote(ctx, n.engine, pairName(source, target))
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &note)
	}
	return note, n.failed(err)
}

// SetNote writes the note of a pair.
func (n *GlossaryNotes) SetNote(ctx context.Context, source, target string, note GlossaryNote) error {
	text, err := json.Marshal(note)
	if err == nil {
		err = n.book.SetEngineNote(ctx, n.engine, pairName(source, target), string(text))
	}
	return n.failed(err)
}

// Use notes that the glossary called id says what g says, and is used.
func (n *GlossaryNotes) Use(ctx context.Context, id string, g Glossary) error {
	hashes := make([]byte, 0, 8*len(g.Entries))
	for _, e := range g.Entries {
		hashes = binary.BigEndian.AppendUint64(hashes, entryHash(e))
	}
	// The entries first: the note that names their version makes them count.
	name := pairName(g.Source, g.Target) + " entries"
	err := n.book.SetEngineNote(ctx, n.engine, name, g.Version()+" "+base64.StdEncoding.EncodeToString(hashes))
	if err != nil {
		return n.failed(err)
	}
	return n.SetNote(ctx, g.Source, g.Target, GlossaryNote{ID: id, Version: g.Version()})
}

// Synced is what is used for a pair, nil where nothing is.
func (n *GlossaryNotes) Synced(ctx context.Context, source, target string) (*SyncedGlossary, error) {
	note, err := n.Note(ctx, source, target)
	if err != nil || note.ID == "" {
		return nil, err
	}
	pair := pairName(source, target)
	n.mu.Lock()
	defer n.mu.Unlock()
	if g := n.loaded[pair]; g != nil && g.Version == note.Version && g.ID == note.ID {
		return g, nil
	}
	text, err := n.book.EngineNote(ctx, n.engine, pair+" entries")
	if err != nil {
		return nil, n.failed(err)
	}
	g := &SyncedGlossary{ID: note.ID, Version: note.Version, entries: map[uint64]struct{}{}}
	version, data, _ := strings.Cut(text, " ")
	if hashes, err := base64.StdEncoding.DecodeString(data); err == nil && version == note.Version {
		for ; len(hashes) >= 8; hashes = hashes[8:] {
			g.entries[binary.BigEndian.Uint64(hashes)] = struct{}{}
		}
	}
	n.loaded[pair] = g
	return g, nil
}

// failed makes an error of the notebook the engine's: a passing one.
func (n *GlossaryNotes) failed(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return &Error{
		Engine: n.engine, Kind: Retryable, What: "what it knows of its glossaries cannot be read or kept",
		Remedy: "check the database", Err: err,
	}
}

// Persist calls f, within DefaultTimeout, until it gives something else than a
// retryable error, five times at most, with growing pauses. It is for what an
// adapter does beside translating, which Limited does not look after.
func Persist(ctx context.Context, clock Clock, f func(context.Context) error) error {
	const attempts = 5
	for n := 1; ; n++ {
		one, cancel := context.WithTimeout(ctx, DefaultTimeout)
		err := f(one)
		cancel()
		if ctx.Err() != nil && err != nil {
			return ctx.Err()
		}
		if KindOf(err) != Retryable || n == attempts {
			return err
		}
		if err := clock.Sleep(ctx, max(asError("", err).After, time.Second<<(n-1))); err != nil {
			return err
		}
	}
}

// ReceiptHeader carries the journal's receipt of a call.
const ReceiptHeader = "X-Dragoman-Call"

type receiptKey struct{}

// WithReceipt gives ctx the journal's receipt of the call that is made with it.
// An adapter sends it along (ReceiptHeader), so that a bill can be held against
// the ledger call by call.
func WithReceipt(ctx context.Context, receipt int64) context.Context {
	return context.WithValue(ctx, receiptKey{}, receipt)
}

// ReceiptOf gives the receipt of the call, false where nobody keeps a journal.
func ReceiptOf(ctx context.Context) (int64, bool) {
	n, ok := ctx.Value(receiptKey{}).(int64)
	return n, ok
}
