package googlefake

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"cloud.google.com/go/translate/apiv3/translatepb"

	"dragoman/internal/engine/fake"
)

// AdaptiveMtTranslate answers as the service does, with invented words; of the
// reference pairs it only sees to it that they are there.
func (s *Server) AdaptiveMtTranslate(ctx context.Context, r *translatepb.AdaptiveMtTranslateRequest) (*translatepb.AdaptiveMtTranslateResponse, error) {
	begin := time.Now()
	cfg := r.GetReferenceSentenceConfig()
	pairs, err := s.references(r)
	if err != nil {
		return nil, err
	}
	var terms map[string]string
	if g := r.GetGlossaryConfig(); g != nil {
		if terms, err = s.terms(r.Parent, g.Glossary, cfg.SourceLanguageCode, cfg.TargetLanguageCode); err != nil {
			return nil, err
		}
		if err := s.refuseContext(g.ContextualTranslationEnabled, cfg.TargetLanguageCode); err != nil {
			return nil, err
		}
	}
	charge := Charge{Target: cfg.TargetLanguageCode, Model: "adaptive", Contents: len(r.Content), MimeType: r.MimeType, References: pairs}
	for _, c := range r.Content {
		charge.Characters += utf8.RuneCountInString(c)
	}
	d, err := s.charged(ctx, r.Content, charge)
	if err != nil {
		return nil, err
	}
	out := &translatepb.AdaptiveMtTranslateResponse{LanguageCode: cfg.TargetLanguageCode, Translations: s.adapted(r, d, nil)}
	if d.Call == fake.Flood {
		out.Translations[0].TranslatedText = strings.Repeat("flood ", 4<<20)
	}
	if r.GetGlossaryConfig() != nil {
		out.GlossaryTranslations = s.adapted(r, d, terms)
	}
	return out, s.rest(ctx, begin)
}

func (s *Server) adapted(r *translatepb.AdaptiveMtTranslateRequest, d fake.Decision, terms map[string]string) (list []*translatepb.AdaptiveMtTranslation) {
	n := len(r.Content)
	if d.Call == fake.MissingItem {
		n--
	}
	target := r.GetReferenceSentenceConfig().GetTargetLanguageCode()
	for i, text := range r.Content[:n] {
		reply := s.reply(text, r.MimeType, target, terms)
		list = append(list, &translatepb.AdaptiveMtTranslation{TranslatedText: fake.Damage(d.Reply(i, len(r.Content)), text, reply, target)})
	}
	return list
}

// references refuses what the service refuses, and counts the pairs.
func (s *Server) references(r *translatepb.AdaptiveMtTranslateRequest) (pairs int, err error) {
	loc, err := location(r.Parent)
	if err != nil {
		return 0, err
	}
	cfg := r.GetReferenceSentenceConfig()
	lists := cfg.GetReferenceSentencePairLists()
	switch {
	case loc == "global":
		return 0, invalid("parent", "Adaptive MT is not supported in location 'global'.")
	case cfg == nil && r.Dataset == "":
		return 0, invalid("dataset", "Either a dataset or reference sentences are required.")
	case len(lists) != len(r.Content):
		return 0, invalid("reference_sentence_config", "The number of reference sentence pair lists must equal the number of contents.")
	}
	for _, l := range lists {
		if len(l.ReferenceSentencePairs) == 0 {
			return 0, invalid("reference_sentence_config", "A reference sentence pair list is empty.")
		}
		pairs += len(l.ReferenceSentencePairs)
	}
	_, err = s.validate(&translatepb.TranslateTextRequest{
		Parent: r.Parent, Contents: r.Content, MimeType: r.MimeType,
		SourceLanguageCode: cfg.SourceLanguageCode, TargetLanguageCode: cfg.TargetLanguageCode,
	})
	return pairs, err
}
