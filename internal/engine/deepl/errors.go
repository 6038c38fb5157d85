package deepl

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/engine/httpjson"
)

// quotaExceeded is DeepL's own status for an allotment that is used up, which
// is another thing than 429.
const quotaExceeded = 456

// classify decides what an answer means that is an error (developers.deepl.com,
// "Error handling").
func (e *Engine) classify(err error, r engine.Request) error {
	var st *httpjson.Status
	if !errors.As(err, &st) {
		return err
	}
	switch st.Code {
	case http.StatusUnauthorized, http.StatusForbidden:
		return e.denied(st)
	case quotaExceeded:
		return e.usedUp(st)
	case http.StatusBadRequest, http.StatusNotFound:
		return e.refused(st, r)
	}
	return e.client.Classify(st)
}

func (e *Engine) fail(err engine.Error) error {
	err.Engine = e.s.Name
	return &err
}

// denied is a key that DeepL does not accept, often one of the other plan.
func (e *Engine) denied(st *httpjson.Status) error {
	remedy := "check the engine's api_key, and that its subscription is active"
	if free := strings.HasSuffix(e.s.APIKey, freeKey); e.s.Endpoint != "" && e.s.APIKey != "" && "https://"+e.client.Host() != host(e.s.APIKey) {
		plan := map[bool]string{true: "Free", false: "Pro"}[free]
		remedy = fmt.Sprintf("check the engine's api_key, which is one of DeepL API %s, and leave the endpoint out", plan)
	}
	return e.fail(engine.Error{Kind: engine.Auth, What: fmt.Sprintf("DeepL refuses the api_key (HTTP %d)", st.Code), Remedy: remedy, Err: st, Trouble: edition.Trouble{Reason: edition.TroubleCredentials, Where: "DeepL", See: "api_key"}})
}

func (e *Engine) usedUp(cause error) error {
	remedy := "raise or remove the limit of Cost Control in the DeepL account, or wait for the next period"
	if strings.HasSuffix(e.s.APIKey, freeKey) {
		remedy = "wait for the next month, or change to DeepL API Pro"
	}
	return e.fail(engine.Error{Kind: engine.Quota, What: "the characters of this period are used up", Remedy: remedy, Err: cause, Trouble: edition.Trouble{Reason: edition.TroubleQuota, Where: "DeepL"}})
}

// refused is what DeepL finds wrong with a request.
func (e *Engine) refused(st *httpjson.Status, r engine.Request) error {
	switch {
	case e.s.SyncGlossary && st.Says("glossary", "dictionary"):
		return e.fail(engine.Error{
			Kind: engine.Permanent, What: "DeepL cannot use the glossary that is kept for " + r.Target,
			Remedy: "run `dragoman engine sync " + e.s.Name + "`", Err: st,
			Trouble: edition.Trouble{Reason: edition.TroubleGlossary, Where: "DeepL", See: "dragoman engine sync " + e.s.Name},
		})
	case e.s.Glossary != "" && st.Says("glossary", "dictionary"):
		return e.classifyGlossary(st)
	case st.Says("target_lang", "source_lang", "language pair"):
		err := engine.NoLanguage(e.s.Name, r.Source, r.Target)
		err.Err = st
		return err
	case st.Says("model_type"):
		return e.fail(engine.Error{
			Kind: engine.Permanent, What: fmt.Sprintf("DeepL cannot use the model %q for this pair", e.s.Model),
			Remedy: "leave the engine's model out", Err: st,
			Trouble: edition.Trouble{Reason: edition.TroubleModel, Where: "DeepL", See: e.s.Model},
		})
	}
	return e.client.Classify(st)
}

// classifyGlossary decides what is wrong with the glossary.
func (e *Engine) classifyGlossary(err error) error {
	var st *httpjson.Status
	if !errors.As(err, &st) || st.Code != http.StatusBadRequest && st.Code != http.StatusNotFound {
		return e.classify(err, engine.Request{})
	}
	return e.fail(engine.Error{
		Kind: engine.Permanent, What: fmt.Sprintf("DeepL cannot use the glossary %q", e.s.Glossary),
		Remedy: "check its id, and that it has a dictionary for this pair of languages", Err: st,
		Trouble: edition.Trouble{Reason: edition.TroubleGlossary, Where: "DeepL", See: e.s.Glossary},
	})
}
