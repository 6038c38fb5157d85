package googlefake

import (
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cloud.google.com/go/longrunning/autogen/longrunningpb"
	"cloud.google.com/go/translate/apiv3/translatepb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// glossary is one glossary of the service: a pair of languages, or equivalent
// terms in several.
type glossary struct {
	pb      *translatepb.Glossary
	entries []*translatepb.GlossaryEntry
	next    int
}

// languages lists the glossary's languages, the source first.
func (g *glossary) languages() []string {
	if p := g.pb.GetLanguagePair(); p != nil {
		return []string{p.SourceLanguageCode, p.TargetLanguageCode}
	}
	return g.pb.GetLanguageCodesSet().GetLanguageCodes()
}

// terms gives the glossary's words for one request.
func (s *Server) terms(parent, name, source, target string) (map[string]string, error) {
	loc, _ := location(parent)
	if loc == "global" {
		return nil, invalid("parent", "Glossaries are not supported in location 'global'.")
	}
	if !strings.Contains(name, "/locations/"+loc+"/") {
		return nil, invalid("glossary_config", "Glossary and request must have the same location.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ok := s.glossaries[name]
	if !ok {
		return nil, notFound("Glossary not found: " + name)
	}
	if l := g.languages(); !slices.Contains(l, source) || !slices.Contains(l, target) {
		return nil, invalid("glossary_config", "Glossary does not support the language pair "+source+"-"+target+".")
	}
	terms := map[string]string{}
	for _, e := range g.entries {
		from, to := pairOf(e, source, target)
		if from != "" && to != "" && !stopWords[strings.ToLower(from)] {
			terms[from] = to
		}
	}
	return terms, nil
}

// refuseContext refuses contextual glossaries where the service has none.
func (s *Server) refuseContext(asked bool, target string) error {
	if asked && slices.Contains(s.o.NoContext, target) {
		return invalid("glossary_config", "Contextual translation is not supported for the target language "+target+".")
	}
	return nil
}

// stopWords stand for the many words that the service ignores as entries.
var stopWords = map[string]bool{"the": true, "a": true, "of": true, "and": true, "in": true}

func pairOf(e *translatepb.GlossaryEntry, source, target string) (from, to string) {
	all := e.GetTermsSet().GetTerms()
	if p := e.GetTermsPair(); p != nil {
		all = []*translatepb.GlossaryTerm{p.SourceTerm, p.TargetTerm}
	}
	for _, t := range all {
		switch t.GetLanguageCode() {
		case source:
			from = t.Text
		case target:
			to = t.Text
		}
	}
	return from, to
}

// operation is long-running: done after so many polls.
type operation struct {
	name  string
	polls int
	meta  *translatepb.CreateGlossaryMetadata
	done  func() (proto.Message, error)
}

// start begins an operation. The caller holds s.mu.
func (s *Server) start(parent string, meta *translatepb.CreateGlossaryMetadata, done func() (proto.Message, error)) (*longrunningpb.Operation, error) {
	s.counter++
	op := &operation{
		name: fmt.Sprintf("%s/operations/fake-%d", parent, s.counter), polls: s.o.OperationPolls, meta: meta, done: done,
	}
	s.operations[op.name] = op
	return op.pb()
}

// pb shows the operation; when its time has come, it is done first.
func (op *operation) pb() (*longrunningpb.Operation, error) {
	out := &longrunningpb.Operation{Name: op.name}
	var err error
	if op.meta != nil {
		if out.Metadata, err = anypb.New(op.meta); err != nil {
			return nil, err
		}
	}
	if op.polls > 0 {
		return out, nil
	}
	out.Done = true
	result, err := op.done()
	if err != nil {
		out.Result = &longrunningpb.Operation_Error{Error: status.Convert(err).Proto()}
		return out, nil
	}
	packed, err := anypb.New(result)
	out.Result = &longrunningpb.Operation_Response{Response: packed}
	return out, err
}

// GetOperation tells how an operation goes; each call brings it nearer its end.
func (s *Server) GetOperation(_ context.Context, r *longrunningpb.GetOperationRequest) (*longrunningpb.Operation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	op, ok := s.operations[r.Name]
	if !ok {
		return nil, notFound("Operation not found: " + r.Name)
	}
	op.polls--
	return op.pb()
}

// CreateGlossary begins to make a glossary from a file of Cloud Storage.
func (s *Server) CreateGlossary(_ context.Context, r *translatepb.CreateGlossaryRequest) (*longrunningpb.Operation, error) {
	loc, err := location(r.Parent)
	if err != nil {
		return nil, err
	}
	name := r.GetGlossary().GetName()
	if loc == "global" || !strings.HasPrefix(name, r.Parent+"/glossaries/") {
		return nil, invalid("glossary.name", "Invalid glossary name or location.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.glossaries[name]; ok || s.underWay(name) {
		return nil, status.Error(codes.AlreadyExists, "Glossary already exists: "+name)
	}
	submitted := timestamppb.New(s.o.Now())
	meta := &translatepb.CreateGlossaryMetadata{Name: name, State: translatepb.CreateGlossaryMetadata_RUNNING, SubmitTime: submitted}
	return s.start(r.Parent, meta, func() (proto.Message, error) {
		if g, ok := s.glossaries[name]; ok {
			return g.pb, nil
		}
		g := &glossary{pb: proto.CloneOf(r.Glossary)}
		if err := s.take(g, r.Glossary.GetInputConfig()); err != nil {
			return nil, err
		}
		g.pb.SubmitTime, g.pb.EndTime = submitted, timestamppb.New(s.o.Now())
		s.glossaries[name] = g
		meta.State = translatepb.CreateGlossaryMetadata_SUCCEEDED
		return g.pb, nil
	})
}

// underWay reports whether a glossary is being made. The caller holds s.mu.
func (s *Server) underWay(name string) bool {
	for _, op := range s.operations {
		if op.polls > 0 && op.meta.GetName() == name {
			return true
		}
	}
	return false
}

// take reads a glossary's entries from its file. The caller holds s.mu.
func (s *Server) take(g *glossary, from *translatepb.GlossaryInputConfig) error {
	uri := from.GetGcsSource().GetInputUri()
	data, ok := s.objects[uri]
	if !ok {
		return notFound("No object at " + uri)
	}
	return g.read(data)
}

// UpdateGlossary begins to read a glossary's entries from another file.
func (s *Server) UpdateGlossary(_ context.Context, r *translatepb.UpdateGlossaryRequest) (*longrunningpb.Operation, error) {
	if !slices.Contains(r.GetUpdateMask().GetPaths(), "input_config") {
		return nil, invalid("update_mask", "Only display_name and input_config can be updated.")
	}
	name := r.GetGlossary().GetName()
	return onGlossary(s, name, func(g *glossary) (*longrunningpb.Operation, error) {
		parent, _, _ := strings.Cut(name, "/glossaries/")
		applied := false
		return s.start(parent, nil, func() (proto.Message, error) {
			if applied {
				return g.pb, nil
			}
			next := &glossary{pb: proto.CloneOf(g.pb), next: g.next}
			if err := s.take(next, r.GetGlossary().GetInputConfig()); err != nil {
				return nil, err
			}
			*g, applied = *next, true
			return g.pb, nil
		})
	})
}

// ListOperations gives all operations of a location in one page.
func (s *Server) ListOperations(_ context.Context, r *longrunningpb.ListOperationsRequest) (*longrunningpb.ListOperationsResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &longrunningpb.ListOperationsResponse{}
	for name, op := range s.operations {
		if strings.HasPrefix(name, r.Name+"/") {
			pb, err := op.pb()
			if err != nil {
				return nil, err
			}
			out.Operations = append(out.Operations, pb)
		}
	}
	slices.SortFunc(out.Operations, func(a, b *longrunningpb.Operation) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// read takes in a CSV file: two columns for a pair, or a heading of languages
// for equivalent terms.
func (g *glossary) read(data string) error {
	rows, err := csv.NewReader(strings.NewReader(data)).ReadAll()
	if err != nil {
		return invalid("input_config", "The glossary file cannot be read: "+err.Error())
	}
	languages := g.languages()
	if g.pb.GetLanguagePair() == nil && len(rows) > 0 {
		languages, rows = rows[0], rows[1:]
	}
	for _, row := range rows {
		var terms []*translatepb.GlossaryTerm
		for i, text := range row {
			if i < len(languages) && text != "" {
				terms = append(terms, &translatepb.GlossaryTerm{LanguageCode: languages[i], Text: text})
			}
		}
		if g.pb.GetLanguagePair() == nil {
			g.add(&translatepb.GlossaryEntry{Data: &translatepb.GlossaryEntry_TermsSet{TermsSet: &translatepb.GlossaryEntry_GlossaryTermsSet{Terms: terms}}})
		} else if len(terms) == 2 {
			g.add(&translatepb.GlossaryEntry{Data: &translatepb.GlossaryEntry_TermsPair{TermsPair: &translatepb.GlossaryEntry_GlossaryTermsPair{SourceTerm: terms[0], TargetTerm: terms[1]}}})
		}
	}
	return nil
}

func (g *glossary) add(e *translatepb.GlossaryEntry) {
	g.next++
	e.Name = g.pb.Name + "/glossaryEntries/" + strconv.Itoa(g.next)
	g.entries = append(g.entries, e)
	g.pb.EntryCount = int32(len(g.entries))
}

// GetGlossary gives one glossary.
func (s *Server) GetGlossary(_ context.Context, r *translatepb.GetGlossaryRequest) (*translatepb.Glossary, error) {
	return onGlossary(s, r.Name, func(g *glossary) (*translatepb.Glossary, error) { return proto.CloneOf(g.pb), nil })
}

// onGlossary does f on the glossary called name.
func onGlossary[T any](s *Server, name string, f func(*glossary) (T, error)) (zero T, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ok := s.glossaries[name]
	if !ok {
		return zero, notFound("Glossary not found: " + name)
	}
	return f(g)
}

// ListGlossaries gives all glossaries of a location in one page.
func (s *Server) ListGlossaries(_ context.Context, r *translatepb.ListGlossariesRequest) (*translatepb.ListGlossariesResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &translatepb.ListGlossariesResponse{}
	for name, g := range s.glossaries {
		if strings.HasPrefix(name, r.Parent+"/") {
			out.Glossaries = append(out.Glossaries, proto.CloneOf(g.pb))
		}
	}
	slices.SortFunc(out.Glossaries, func(a, b *translatepb.Glossary) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// DeleteGlossary begins to delete a glossary.
func (s *Server) DeleteGlossary(_ context.Context, r *translatepb.DeleteGlossaryRequest) (*longrunningpb.Operation, error) {
	return onGlossary(s, r.Name, func(*glossary) (*longrunningpb.Operation, error) {
		parent, _, _ := strings.Cut(r.Name, "/glossaries/")
		return s.start(parent, nil, func() (proto.Message, error) {
			delete(s.glossaries, r.Name)
			return &translatepb.DeleteGlossaryResponse{Name: r.Name}, nil
		})
	})
}

// CreateGlossaryEntry adds one entry.
func (s *Server) CreateGlossaryEntry(_ context.Context, r *translatepb.CreateGlossaryEntryRequest) (*translatepb.GlossaryEntry, error) {
	return onGlossary(s, r.Parent, func(g *glossary) (*translatepb.GlossaryEntry, error) {
		if err := s.entryFault(); err != nil {
			return nil, err
		}
		e := proto.CloneOf(r.GlossaryEntry)
		for _, t := range []*translatepb.GlossaryTerm{e.GetTermsPair().GetSourceTerm(), e.GetTermsPair().GetTargetTerm()} {
			if len(t.GetText()) > MaxTerm {
				return nil, invalid("glossary_entry", "A term is longer than 1024 bytes.")
			}
		}
		g.add(e)
		return e, nil
	})
}

// MaxTerm bounds a glossary's term in bytes.
const MaxTerm = 1024

// entryFault is the trouble that was asked for with FailEntries.
func (s *Server) entryFault() error {
	if s.entryCalls++; s.failEntry != 0 && s.entryCalls == s.failEntry {
		return status.Error(codes.PermissionDenied, "The caller does not have permission")
	}
	return nil
}

// FailEntries refuses the n-th entry that is created from now on.
func (s *Server) FailEntries(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entryCalls, s.failEntry = 0, n
}

// entryPage is the most entries in one page.
const entryPage = 100

// ListGlossaryEntries gives the entries page by page.
func (s *Server) ListGlossaryEntries(_ context.Context, r *translatepb.ListGlossaryEntriesRequest) (*translatepb.ListGlossaryEntriesResponse, error) {
	return onGlossary(s, r.Parent, func(g *glossary) (*translatepb.ListGlossaryEntriesResponse, error) {
		at, _ := strconv.Atoi(r.PageToken)
		at = min(max(at, 0), len(g.entries))
		end := min(at+entryPage, len(g.entries))
		out := &translatepb.ListGlossaryEntriesResponse{GlossaryEntries: slices.Clone(g.entries[at:end])}
		if end < len(g.entries) {
			out.NextPageToken = strconv.Itoa(end)
		}
		return out, nil
	})
}

// Terms gives what a glossary says, source to target, nil where there is none.
func (s *Server) Terms(name, source, target string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ok := s.glossaries[name]
	if !ok {
		return nil
	}
	terms := map[string]string{}
	for _, e := range g.entries {
		from, to := pairOf(e, source, target)
		terms[from] = to
	}
	return terms
}

// entry does f with the position of the entry called name.
func entry[T any](s *Server, name string, f func(g *glossary, at int) (T, error)) (T, error) {
	parent, _, _ := strings.Cut(name, "/glossaryEntries/")
	return onGlossary(s, parent, func(g *glossary) (zero T, err error) {
		at := slices.IndexFunc(g.entries, func(e *translatepb.GlossaryEntry) bool { return e.Name == name })
		if at < 0 {
			return zero, notFound("Glossary entry not found: " + name)
		}
		return f(g, at)
	})
}

// GetGlossaryEntry gives one entry.
func (s *Server) GetGlossaryEntry(_ context.Context, r *translatepb.GetGlossaryEntryRequest) (*translatepb.GlossaryEntry, error) {
	return entry(s, r.Name, func(g *glossary, at int) (*translatepb.GlossaryEntry, error) { return g.entries[at], nil })
}

// UpdateGlossaryEntry replaces one entry.
func (s *Server) UpdateGlossaryEntry(_ context.Context, r *translatepb.UpdateGlossaryEntryRequest) (*translatepb.GlossaryEntry, error) {
	return entry(s, r.GetGlossaryEntry().GetName(), func(g *glossary, at int) (*translatepb.GlossaryEntry, error) {
		g.entries[at] = proto.CloneOf(r.GlossaryEntry)
		return g.entries[at], nil
	})
}

// DeleteGlossaryEntry takes one entry out.
func (s *Server) DeleteGlossaryEntry(_ context.Context, r *translatepb.DeleteGlossaryEntryRequest) (*emptypb.Empty, error) {
	return entry(s, r.Name, func(g *glossary, at int) (*emptypb.Empty, error) {
		g.entries = slices.Delete(g.entries, at, at+1)
		g.pb.EntryCount = int32(len(g.entries))
		return &emptypb.Empty{}, nil
	})
}
