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
func (s *Server) terms(r *translatepb.TranslateTextRequest, cfg *translatepb.TranslateTextGlossaryConfig) (map[string]string, error) {
	loc, _ := location(r.Parent)
	if loc == "global" {
		return nil, invalid("parent", "Glossaries are not supported in location 'global'.")
	}
	if !strings.Contains(cfg.Glossary, "/locations/"+loc+"/") {
		return nil, invalid("glossary_config", "Glossary and request must have the same location.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ok := s.glossaries[cfg.Glossary]
	if !ok {
		return nil, notFound("Glossary not found: " + cfg.Glossary)
	}
	if l := g.languages(); !slices.Contains(l, r.SourceLanguageCode) || !slices.Contains(l, r.TargetLanguageCode) {
		return nil, invalid("glossary_config", "Glossary does not support the language pair "+r.SourceLanguageCode+"-"+r.TargetLanguageCode+".")
	}
	terms := map[string]string{}
	for _, e := range g.entries {
		from, to := pairOf(e, r.SourceLanguageCode, r.TargetLanguageCode)
		if from != "" && to != "" && !stopWords[strings.ToLower(from)] {
			terms[from] = to
		}
	}
	return terms, nil
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
	if _, ok := s.glossaries[name]; ok {
		return nil, status.Error(codes.AlreadyExists, "Glossary already exists: "+name)
	}
	submitted := timestamppb.New(s.o.Now())
	meta := &translatepb.CreateGlossaryMetadata{Name: name, State: translatepb.CreateGlossaryMetadata_RUNNING, SubmitTime: submitted}
	return s.start(r.Parent, meta, func() (proto.Message, error) {
		if g, ok := s.glossaries[name]; ok {
			return g.pb, nil
		}
		g := &glossary{pb: proto.CloneOf(r.Glossary)}
		uri := r.Glossary.GetInputConfig().GetGcsSource().GetInputUri()
		data, ok := s.o.Objects[uri]
		if !ok {
			return nil, notFound("No object at " + uri)
		}
		if err := g.read(data); err != nil {
			return nil, err
		}
		g.pb.SubmitTime, g.pb.EndTime = submitted, timestamppb.New(s.o.Now())
		s.glossaries[name] = g
		meta.State = translatepb.CreateGlossaryMetadata_SUCCEEDED
		return g.pb, nil
	})
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
		g.add(&translatepb.GlossaryEntry{Data: &translatepb.GlossaryEntry_TermsSet{TermsSet: &translatepb.GlossaryEntry_GlossaryTermsSet{Terms: terms}}})
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
		e := proto.CloneOf(r.GlossaryEntry)
		g.add(e)
		return e, nil
	})
}

// ListGlossaryEntries gives all entries in one page.
func (s *Server) ListGlossaryEntries(_ context.Context, r *translatepb.ListGlossaryEntriesRequest) (*translatepb.ListGlossaryEntriesResponse, error) {
	return onGlossary(s, r.Parent, func(g *glossary) (*translatepb.ListGlossaryEntriesResponse, error) {
		return &translatepb.ListGlossaryEntriesResponse{GlossaryEntries: slices.Clone(g.entries)}, nil
	})
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
