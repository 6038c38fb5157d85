package google

import (
	"context"
	"slices"

	translate "cloud.google.com/go/translate/apiv3"
	"cloud.google.com/go/translate/apiv3/translatepb"

	"dragoman/content"
	"dragoman/internal/engine"
)

// adaptive is the model's name for adaptive translation: each sentence goes with
// its most similar approved ones.
const adaptive = "adaptive"

// mostReferences is how many reference pairs a sentence takes with it: as many as
// the service picks itself from a data set.
const mostReferences = 5

func hasExamples(r engine.Request) bool {
	return slices.ContainsFunc(r.Segments, func(s engine.Segment) bool { return len(s.Examples) > 0 })
}

// references gives each segment's pairs, best first. The service wants as many
// lists as contents and none empty, so a segment without similar sentences takes
// those of its neighbours, which are of the same document.
func references(r engine.Request) []*translatepb.AdaptiveMtTranslateRequest_ReferenceSentencePairList {
	var all []engine.Example
	for _, s := range r.Segments {
		all = append(all, s.Examples...)
	}
	lists := make([]*translatepb.AdaptiveMtTranslateRequest_ReferenceSentencePairList, len(r.Segments))
	for i, s := range r.Segments {
		from := s.Examples
		if len(from) == 0 {
			from = all
		}
		lists[i] = &translatepb.AdaptiveMtTranslateRequest_ReferenceSentencePairList{}
		for _, x := range from[:min(len(from), mostReferences)] {
			lists[i].ReferenceSentencePairs = append(lists[i].ReferenceSentencePairs, &translatepb.AdaptiveMtTranslateRequest_ReferenceSentencePair{
				SourceSentence: content.Plain(x.Source), TargetSentence: content.Plain(x.Target),
			})
		}
	}
	return lists
}

// translateAdaptively gives the translations; those with a glossary stand apart.
func (e *Engine) translateAdaptively(ctx context.Context, c *translate.TranslationClient, q question) ([]translated, error) {
	in := &translatepb.AdaptiveMtTranslateRequest{
		Parent: e.parent(), Content: q.texts, MimeType: q.mime,
		ReferenceSentenceConfig: &translatepb.AdaptiveMtTranslateRequest_ReferenceSentenceConfig{
			ReferenceSentencePairLists: references(q.r),
			SourceLanguageCode:         toGoogle(q.r.Source), TargetLanguageCode: toGoogle(q.r.Target),
		},
	}
	if q.glossary != "" {
		in.GlossaryConfig = &translatepb.AdaptiveMtTranslateRequest_GlossaryConfig{Glossary: q.glossary, ContextualTranslationEnabled: e.bends(q.r.Target)}
	}
	got, err := c.AdaptiveMtTranslate(ctx, in)
	if err != nil {
		return nil, err
	}
	if q.glossary != "" {
		return list(got.GetGlossaryTranslations()), nil
	}
	return list(got.GetTranslations()), nil
}
