package google

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cloud.google.com/go/longrunning/autogen/longrunningpb"
	translate "cloud.google.com/go/translate/apiv3"
	"cloud.google.com/go/translate/apiv3/translatepb"
	"google.golang.org/api/iterator"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"dragoman/internal/engine"
)

const (
	// maxTerm bounds a term of a glossary in bytes (cloud.google.com/translate/quotas).
	maxTerm = 1024
	// entryByEntry is how many changes are made one by one; more come as a new
	// file, where there is a bucket for it.
	entryByEntry = 100
	// creation is how long we wait for the service to make a glossary. It goes on
	// there, and the next sync takes it up.
	creation = 15 * time.Minute
	// pollFirst and pollMost are the shortest and the longest pause between two
	// looks at it.
	pollFirst, pollMost = time.Second, 15 * time.Second
)

// KeepsGlossaries reports whether the settings ask for it.
func (e *Engine) KeepsGlossaries() bool { return e.s.SyncGlossary }

// SyncedGlossary is what is used for a pair now.
func (e *Engine) SyncedGlossary(ctx context.Context, source, target string) (*engine.SyncedGlossary, error) {
	if !e.s.SyncGlossary {
		return nil, nil
	}
	return e.notes.Synced(ctx, source, target)
}

// glossaryFor is the resource name of the glossary that a request uses, "" for
// none: the one that the settings name, or the synced one of its pair.
func (e *Engine) glossaryFor(ctx context.Context, r engine.Request) (string, error) {
	if !e.s.SyncGlossary {
		return e.glossaryName(), nil
	}
	note, err := e.notes.Note(ctx, r.Source, r.Target)
	return note.ID, err
}

// syncedName is the resource name of the glossary that is kept for a pair.
func (e *Engine) syncedName(source, target string) string {
	return e.parent() + "/glossaries/" + labelled("dragoman-"+e.s.Name+"-"+source+"-"+target)
}

// SyncGlossary makes the glossary of a pair say what g says: a new one from a
// file in the bucket, one that is there entry by entry, or from a new file where
// that is shorter. What is under way at the service is noted by its name, so that
// the next sync waits for it instead of beginning anew.
func (e *Engine) SyncGlossary(ctx context.Context, g engine.Glossary) (engine.GlossaryReport, error) {
	e.syncing.Lock()
	defer e.syncing.Unlock()
	s := &glossarySync{e: e, g: fitting(g), id: e.syncedName(g.Source, g.Target)}
	s.report = engine.GlossaryReport{Version: s.g.Version(), Entries: len(s.g.Entries)}
	var err error
	if s.client, err = e.connect(ctx); err != nil {
		return s.report, err
	}
	if s.note, err = e.notes.Note(ctx, g.Source, g.Target); err != nil {
		return s.report, err
	}
	if err := s.run(ctx); err != nil {
		return s.report, err
	}
	if len(s.g.Entries) > 0 {
		s.report.ID = s.id
	}
	return s.report, e.notes.Use(ctx, s.report.ID, s.g)
}

// fitting leaves out what the service takes no entry for.
func fitting(g engine.Glossary) engine.Glossary {
	out := engine.Glossary{Source: g.Source, Target: g.Target}
	for _, t := range g.Entries {
		if len(t.Source) <= maxTerm && len(t.Target) <= maxTerm {
			out.Entries = append(out.Entries, t)
		}
	}
	return out
}

// glossarySync is one sync under way.
type glossarySync struct {
	e      *Engine
	client *translate.TranslationClient
	g      engine.Glossary
	id     string
	note   engine.GlossaryNote
	report engine.GlossaryReport
}

func (s *glossarySync) run(ctx context.Context) error {
	if s.note.Operation != "" {
		s.report.Resumed = true
		if _, err := s.finish(ctx, s.note.Operation); err != nil {
			return err
		} // whether it went well is seen from what is there
	}
	there, err := s.glossary(ctx)
	switch {
	case err != nil:
		return err
	case len(s.g.Entries) == 0:
		return s.remove(ctx, there)
	case there == nil:
		return s.create(ctx)
	case s.note.ID == s.id && s.note.Version == s.report.Version && int(there.GetEntryCount()) == len(s.g.Entries):
		return nil // as it was left
	}
	return s.change(ctx)
}

// call makes a call for the glossary, with retries of what passes. A failure of
// code okay is none.
func (s *glossarySync) call(ctx context.Context, okay codes.Code, f func(context.Context) error) (failed bool, err error) {
	err = engine.Persist(ctx, s.e.clock, func(ctx context.Context) error {
		err := f(ctx)
		var own *engine.Error
		if failed = err != nil && status.Code(err) == okay; failed {
			return nil
		}
		if err == nil || errors.As(err, &own) {
			return err
		}
		return s.e.classify(ctx, err, engine.Request{Source: s.g.Source, Target: s.g.Target})
	})
	return failed, err
}

// glossary is the glossary as the service has it, nil where it has none.
func (s *glossarySync) glossary(ctx context.Context) (g *translatepb.Glossary, err error) {
	missing, err := s.call(ctx, codes.NotFound, func(ctx context.Context) (err error) {
		g, err = s.client.GetGlossary(ctx, &translatepb.GetGlossaryRequest{Name: s.id})
		return err
	})
	if missing {
		return nil, nil
	}
	return g, err
}

// file uploads the entries and says where they are.
func (s *glossarySync) file(ctx context.Context) (*translatepb.GlossaryInputConfig, error) {
	if s.e.s.GlossaryBucket == "" {
		return nil, s.e.fail(engine.Error{
			Kind: engine.Permanent, What: "Google makes glossaries from Cloud Storage only, and no bucket is set",
			Remedy: "set the engine's glossary_bucket to a bucket of the project, such as gs://name",
		})
	}
	var uri string
	_, name := splitName(s.id)
	_, err := s.call(ctx, codes.OK, func(ctx context.Context) (err error) {
		uri, err = s.e.upload(ctx, name, s.g)
		return err
	})
	return &translatepb.GlossaryInputConfig{Source: &translatepb.GlossaryInputConfig_GcsSource{GcsSource: &translatepb.GcsSource{InputUri: uri}}}, err
}

func splitName(name string) (parent, id string) {
	i := strings.LastIndexByte(name, '/')
	return name[:i], name[i+1:]
}

// create begins to make the glossary and waits for it.
func (s *glossarySync) create(ctx context.Context) error {
	input, err := s.file(ctx)
	if err != nil {
		return err
	}
	_, name := splitName(s.id)
	var operation string
	exists, err := s.call(ctx, codes.AlreadyExists, func(ctx context.Context) error {
		op, err := s.client.CreateGlossary(ctx, &translatepb.CreateGlossaryRequest{Parent: s.e.parent(), Glossary: &translatepb.Glossary{
			Name: s.id, DisplayName: name, InputConfig: input,
			Languages: &translatepb.Glossary_LanguagePair{LanguagePair: &translatepb.Glossary_LanguageCodePair{
				SourceLanguageCode: toGoogle(s.g.Source), TargetLanguageCode: toGoogle(s.g.Target),
			}},
		}})
		if err == nil {
			operation = op.Name()
		}
		return err
	})
	if err != nil {
		return err
	}
	if exists { // begun by one that did not live to note it
		s.report.Resumed = true
		if operation, err = s.begun(ctx); err != nil {
			return err
		}
		if operation == "" {
			return s.change(ctx)
		}
		if err := s.await(ctx, operation); err != nil {
			return err
		}
		return s.change(ctx)
	}
	s.report.Created, s.report.Added = true, len(s.g.Entries)
	return s.await(ctx, operation)
}

// await notes an operation, so that it is not begun twice, and waits for it.
func (s *glossarySync) await(ctx context.Context, operation string) error {
	s.note.Operation, s.note.Pending = operation, s.report.Version
	if err := s.e.notes.SetNote(ctx, s.g.Source, s.g.Target, s.note); err != nil {
		return err
	}
	failure, err := s.finish(ctx, operation)
	if err == nil && failure != nil {
		return s.e.fail(engine.Error{
			Kind: engine.Permanent, What: "Google could not make the glossary (" + status.Code(failure).String() + ")",
			Remedy: "see that the service may read the engine's glossary_bucket", Err: failure,
		})
	}
	return err
}

// begun looks for the operation that is making the glossary, "" for none.
func (s *glossarySync) begun(ctx context.Context) (name string, err error) {
	_, err = s.call(ctx, codes.OK, func(ctx context.Context) error {
		it := s.client.ListOperations(ctx, &longrunningpb.ListOperationsRequest{Name: s.e.parent()})
		for {
			op, err := it.Next()
			if errors.Is(err, iterator.Done) {
				return nil
			}
			if err != nil {
				return err
			}
			var meta translatepb.CreateGlossaryMetadata
			if !op.GetDone() && op.GetMetadata().MessageIs(&meta) && op.GetMetadata().UnmarshalTo(&meta) == nil && meta.GetName() == s.id {
				name = op.GetName()
				return nil
			}
		}
	})
	return name, err
}

// finish waits until an operation has ended and forgets it; failure is how it
// ended, nil where that was well or nobody knows any more.
func (s *glossarySync) finish(ctx context.Context, operation string) (failure, err error) {
	op := s.client.CreateGlossaryOperation(operation) // the answers of creating and of updating have the same form
	var waited time.Duration
	for pause := pollFirst; ; pause = min(2*pause, pollMost) {
		gone, err := s.call(ctx, codes.NotFound, func(ctx context.Context) error {
			_, err := op.Poll(ctx)
			if op.Done() { // its failure is an answer
				failure, err = err, nil
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if gone || op.Done() {
			s.note.Operation, s.note.Pending = "", ""
			return failure, s.e.notes.SetNote(ctx, s.g.Source, s.g.Target, s.note)
		}
		if waited += pause; waited > creation {
			return nil, s.e.fail(engine.Error{
				Kind: engine.Retryable, What: "Google is still at work on the glossary", Remedy: "run `dragoman engine sync` again later: it goes on from here",
			})
		}
		if err := s.e.clock.Sleep(ctx, pause); err != nil {
			return nil, fmt.Errorf("engine %s: %w", s.e.s.Name, err)
		}
	}
}

// remove deletes the glossary where there is one: an empty one is of no use.
func (s *glossarySync) remove(ctx context.Context, there *translatepb.Glossary) error {
	if there == nil {
		return nil
	}
	s.report.Removed = int(there.GetEntryCount())
	s.note = engine.GlossaryNote{} // no longer used, before it is gone
	if err := s.e.notes.SetNote(ctx, s.g.Source, s.g.Target, s.note); err != nil {
		return err
	}
	_, err := s.call(ctx, codes.NotFound, func(ctx context.Context) error {
		_, err := s.client.DeleteGlossary(ctx, &translatepb.DeleteGlossaryRequest{Name: s.id})
		return err
	})
	return err
}

// change makes the entries that are there into those that are wanted.
func (s *glossarySync) change(ctx context.Context) error {
	entries, err := s.entries(ctx)
	if err != nil {
		return err
	}
	d := differences(entries, s.g, toGoogle(s.g.Source), toGoogle(s.g.Target))
	s.report.Added, s.report.Changed, s.report.Removed = len(d.add), len(d.update), len(d.remove)
	if len(d.add)+len(d.update)+len(d.remove) > entryByEntry && s.e.s.GlossaryBucket != "" {
		return s.replace(ctx)
	}
	for _, entry := range d.remove {
		if _, err := s.call(ctx, codes.NotFound, func(ctx context.Context) error {
			return s.client.DeleteGlossaryEntry(ctx, &translatepb.DeleteGlossaryEntryRequest{Name: entry.GetName()})
		}); err != nil {
			return err
		}
	}
	for _, entry := range d.update {
		if _, err := s.call(ctx, codes.OK, func(ctx context.Context) error {
			_, err := s.client.UpdateGlossaryEntry(ctx, &translatepb.UpdateGlossaryEntryRequest{GlossaryEntry: entry})
			return err
		}); err != nil {
			return err
		}
	}
	for _, entry := range d.add {
		if _, err := s.call(ctx, codes.AlreadyExists, func(ctx context.Context) error {
			_, err := s.client.CreateGlossaryEntry(ctx, &translatepb.CreateGlossaryEntryRequest{Parent: s.id, GlossaryEntry: entry})
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// replace has the service read all entries from a new file.
func (s *glossarySync) replace(ctx context.Context) error {
	input, err := s.file(ctx)
	if err != nil {
		return err
	}
	var operation string
	_, err = s.call(ctx, codes.OK, func(ctx context.Context) error {
		op, err := s.client.UpdateGlossary(ctx, &translatepb.UpdateGlossaryRequest{
			Glossary:   &translatepb.Glossary{Name: s.id, InputConfig: input},
			UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"input_config"}},
		})
		if err == nil {
			operation = op.Name()
		}
		return err
	})
	if err != nil {
		return err
	}
	s.report.Replaced = true
	return s.await(ctx, operation)
}

// entries lists what the service has.
func (s *glossarySync) entries(ctx context.Context) (all []*translatepb.GlossaryEntry, err error) {
	const page = 1000
	_, err = s.call(ctx, codes.OK, func(ctx context.Context) error {
		all = nil
		it := s.client.ListGlossaryEntries(ctx, &translatepb.ListGlossaryEntriesRequest{Parent: s.id, PageSize: page})
		for {
			entry, err := it.Next()
			if errors.Is(err, iterator.Done) {
				return nil
			}
			if err != nil {
				return err
			}
			all = append(all, entry)
		}
	})
	return all, err
}

// changes are what makes one list of entries into another.
type changes struct{ add, update, remove []*translatepb.GlossaryEntry }

// differences compares what the service has with what is wanted. Of two entries
// with one source the later one goes.
func differences(have []*translatepb.GlossaryEntry, want engine.Glossary, source, target string) (d changes) {
	wanted := map[string]string{}
	for _, t := range want.Entries {
		wanted[t.Source] = t.Target
	}
	seen := map[string]bool{}
	for _, entry := range have {
		from, to := pairOf(entry, source, target)
		rendering, ok := wanted[from]
		switch {
		case !ok || seen[from]:
			d.remove = append(d.remove, entry)
			continue
		case rendering != to:
			d.update = append(d.update, pair(entry.GetName(), from, rendering, source, target))
		}
		seen[from] = true
	}
	for _, t := range want.Entries {
		if !seen[t.Source] {
			d.add = append(d.add, pair("", t.Source, t.Target, source, target))
		}
	}
	return d
}

func pair(name, from, to, source, target string) *translatepb.GlossaryEntry {
	return &translatepb.GlossaryEntry{Name: name, Data: &translatepb.GlossaryEntry_TermsPair{TermsPair: &translatepb.GlossaryEntry_GlossaryTermsPair{
		SourceTerm: &translatepb.GlossaryTerm{LanguageCode: source, Text: from},
		TargetTerm: &translatepb.GlossaryTerm{LanguageCode: target, Text: to},
	}}}
}

// pairOf reads an entry of either kind of glossary.
func pairOf(entry *translatepb.GlossaryEntry, source, target string) (from, to string) {
	if p := entry.GetTermsPair(); p != nil {
		return p.GetSourceTerm().GetText(), p.GetTargetTerm().GetText()
	}
	for _, t := range entry.GetTermsSet().GetTerms() {
		switch t.GetLanguageCode() {
		case source:
			from = t.GetText()
		case target:
			to = t.GetText()
		}
	}
	return from, to
}
