package googlefake

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cloud.google.com/go/translate/apiv3/translatepb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"dragoman/internal/engine"
	"dragoman/internal/engine/fake"
)

// parents are the names of a project's locations.
var parents = regexp.MustCompile(`^projects/([^/]+)(?:/locations/([^/]+))?$`)

// location gives the location of a parent, "global" where it names none.
func location(parent string) (string, error) {
	m := parents.FindStringSubmatch(parent)
	if m == nil {
		return "", invalid("parent", "Invalid 'parent': must be of the form projects/{project}/locations/{location}.")
	}
	if m[2] == "" {
		return "global", nil
	}
	return m[2], nil
}

// TranslateText answers as the service does, with invented words.
func (s *Server) TranslateText(ctx context.Context, r *translatepb.TranslateTextRequest) (*translatepb.TranslateTextResponse, error) {
	begin := time.Now()
	characters, err := s.validate(r)
	if err != nil {
		return nil, err
	}
	var terms map[string]string
	if g := r.GetGlossaryConfig(); g != nil {
		if terms, err = s.terms(r.Parent, g.Glossary, r.SourceLanguageCode, r.TargetLanguageCode); err != nil {
			return nil, err
		}
		if err := s.refuseContext(g.ContextualTranslationEnabled, r.TargetLanguageCode); err != nil {
			return nil, err
		}
	}
	d, err := s.charged(ctx, r.Contents, Charge{
		Target: r.TargetLanguageCode, Model: r.Model, Contents: len(r.Contents), Characters: characters,
		Labels: r.Labels, MimeType: r.MimeType,
	})
	if err != nil {
		return nil, err
	}
	out := s.answer(r, d, terms)
	return out, s.rest(ctx, begin)
}

// rest waits until a call that began at begin has taken as long as calls take,
// inventing the answer included.
func (s *Server) rest(ctx context.Context, begin time.Time) error {
	return pause(ctx, s.o.Delay-time.Since(begin))
}

// charged decides what happens to a call, and bills it.
func (s *Server) charged(ctx context.Context, contents []string, charge Charge) (fake.Decision, error) {
	d := s.injector.Call(strings.Join(append([]string{charge.Model, charge.Target}, contents...), "\x00"))
	charge.Call, charge.Fault, charge.Billed = receipt(ctx), d.Call, true
	if err := s.overQuota(charge.Characters); err != nil {
		charge.Fault, charge.Billed = fake.RateLimited, false
		s.bill(charge)
		return d, err
	}
	err := s.fault(ctx, d, &charge)
	s.bill(charge)
	return d, err
}

// receipt is the caller's number of its call, 0 where it says none.
func receipt(ctx context.Context) int64 {
	md, _ := metadata.FromIncomingContext(ctx)
	for _, v := range md.Get(engine.ReceiptHeader) {
		n, _ := strconv.ParseInt(v, 10, 64)
		return n
	}
	return 0
}

// fault does what was decided about the call as a whole.
func (s *Server) fault(ctx context.Context, d fake.Decision, c *Charge) error {
	c.Billed = false
	switch d.Call {
	case fake.RateLimited:
		return rateLimited(s.injector.Faults().RetryAfter)
	case fake.Unavailable:
		return unavailable()
	case fake.QuotaUsed:
		return quotaUsed()
	case fake.BadCredentials:
		return badCredentials()
	case fake.Internal:
		return status.Error(codes.Internal, "Internal error encountered.")
	case fake.Reset:
		c.Billed = d.Even()
		s.lis.cut(ctx)
		return status.Error(codes.Unavailable, "connection cut")
	case fake.Truncated: // gRPC has no half answers: the stream ends without one
		c.Billed = true
		s.lis.cut(ctx)
		return status.Error(codes.Unavailable, "connection cut")
	case fake.Slow:
		c.Billed = true
		return pause(ctx, s.injector.Faults().Slow)
	}
	c.Billed = true
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return status.FromContextError(ctx.Err()).Err()
	}
}

func (s *Server) bill(c Charge) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ledger = append(s.ledger, c)
}

// overQuota counts characters against the minute's quota.
func (s *Server) overQuota(characters int) error {
	if s.o.CharactersPerMinute == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.Now()
	if now.Sub(s.window) >= time.Minute {
		s.window, s.spent = now, 0
	}
	if s.spent+characters > s.o.CharactersPerMinute {
		return rateLimited(time.Minute - now.Sub(s.window))
	}
	s.spent += characters
	return nil
}

// validate refuses what the service refuses, and counts code points.
func (s *Server) validate(r *translatepb.TranslateTextRequest) (characters int, err error) {
	loc, err := location(r.Parent)
	if err != nil {
		return 0, err
	}
	for _, c := range r.Contents {
		characters += utf8.RuneCountInString(c)
	}
	switch {
	case len(r.Contents) == 0:
		return 0, invalid("contents", "Contents is empty.")
	case len(r.Contents) > MaxContents:
		return 0, invalid("contents", "Too many text segments: at most 1024.")
	case characters > MaxCodePoints:
		return 0, invalid("contents", "Text is too long.")
	case !slices.Contains([]string{"", "text/html", "text/plain"}, r.MimeType):
		return 0, invalid("mime_type", "Invalid MIME type.")
	case !slices.Contains(s.o.Languages, r.TargetLanguageCode):
		return 0, invalid("target_language_code", "Target language is invalid.")
	case r.SourceLanguageCode != "" && !slices.Contains(s.o.Languages, r.SourceLanguageCode):
		return 0, invalid("source_language_code", "Source language is invalid.")
	case r.SourceLanguageCode == r.TargetLanguageCode:
		return 0, invalid("target_language_code", "Bad language pair: "+r.SourceLanguageCode+"|"+r.TargetLanguageCode+".")
	}
	for k, v := range r.Labels {
		if !label.MatchString(k) || len(v) > 63 {
			return 0, invalid("labels", "Invalid label "+k+".")
		}
	}
	return characters, checkModel(r.Model, loc)
}

var (
	label  = regexp.MustCompile(`^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\d_-]{0,62}$`)
	models = regexp.MustCompile(`^projects/[^/]+/locations/([^/]+)/models/general/(nmt|translation-llm)$`)
)

func checkModel(model, loc string) error {
	if model == "" {
		return nil
	}
	m := models.FindStringSubmatch(model)
	switch {
	case m == nil:
		return notFound("Model not found: " + model)
	case m[1] != loc:
		return invalid("model", "Model location must match the request's location.")
	}
	return nil
}

// answer makes the replies.
func (s *Server) answer(r *translatepb.TranslateTextRequest, d fake.Decision, terms map[string]string) *translatepb.TranslateTextResponse {
	out := &translatepb.TranslateTextResponse{Translations: s.translations(r, d, nil)}
	if d.Call == fake.Flood {
		out.Translations[0].TranslatedText = strings.Repeat("flood ", 4<<20)
	}
	if g := r.GetGlossaryConfig(); g != nil {
		out.GlossaryTranslations = s.translations(r, d, terms)
		for _, t := range out.GlossaryTranslations {
			t.GlossaryConfig = g
		}
	}
	return out
}

func (s *Server) translations(r *translatepb.TranslateTextRequest, d fake.Decision, terms map[string]string) []*translatepb.Translation {
	n := len(r.Contents)
	if d.Call == fake.MissingItem {
		n--
	}
	list := make([]*translatepb.Translation, n)
	for i, text := range r.Contents[:n] {
		reply := s.reply(text, r.MimeType, r.TargetLanguageCode, terms)
		list[i] = &translatepb.Translation{
			TranslatedText: fake.Damage(d.Reply(i, len(r.Contents)), text, reply, r.TargetLanguageCode),
			Model:          r.Model,
		}
	}
	return list
}

// reply invents the translation of one content.
func (s *Server) reply(text, mime, target string, terms map[string]string) (reply string) {
	if mime == "text/plain" {
		reply = fake.Text(text, target, terms)
	} else { // a blank MIME type means text/html
		reply = fake.Unsettle(fake.HTML(text, target, terms))
	}
	if s.o.Unmarked {
		return reply
	}
	return fake.Mark(target) + reply
}

// GetSupportedLanguages lists the languages, each both ways.
func (s *Server) GetSupportedLanguages(_ context.Context, r *translatepb.GetSupportedLanguagesRequest) (*translatepb.SupportedLanguages, error) {
	loc, err := location(r.Parent)
	if err != nil {
		return nil, err
	}
	if err := checkModel(r.Model, loc); err != nil {
		return nil, err
	}
	out := &translatepb.SupportedLanguages{}
	for _, l := range s.o.Languages {
		out.Languages = append(out.Languages, &translatepb.SupportedLanguage{LanguageCode: l, SupportSource: true, SupportTarget: true})
	}
	return out, nil
}
