package libretranslate

import (
	"errors"
	"fmt"
	"net/http"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/engine/httpjson"
)

// classify decides what an answer means that is an error, by its status and,
// where one status means several things, by LibreTranslate's words
// (libretranslate/app.py). The words are English whatever the server's
// interface is, since we ask in no language.
func (e *Engine) classify(err error, r engine.Request) error {
	var st *httpjson.Status
	if !errors.As(err, &st) {
		return err
	}
	switch st.Code {
	case http.StatusBadRequest:
		return e.refused(st, r)
	case http.StatusUnauthorized, http.StatusForbidden:
		return e.denied(st)
	case http.StatusTooManyRequests:
		if st.Says("per 1 day", "per day", "per 1 month", "per month") {
			return e.fail(engine.Error{
				Kind: engine.Quota, After: st.After, What: "the day's requests at " + e.client.Host() + " are used up",
				Remedy: "wait until tomorrow, or ask the server's operator for more", Err: st,
				Trouble: edition.Trouble{Reason: edition.TroubleQuota, Where: e.client.Host()},
			})
		}
	case http.StatusInternalServerError:
		if e.s.Model == MTran && st.Says("not supported", "unsupported", "no model", "model not found", "language pair") {
			return e.noLanguage(st, r)
		}
	}
	return e.client.Classify(st)
}

// refused tells apart what the server answers with 400: a missing key, a
// language, a size.
func (e *Engine) refused(st *httpjson.Status, r engine.Request) error {
	switch {
	case st.Says("api key"):
		return e.fail(engine.Error{
			Kind: engine.Auth, What: e.client.Host() + " wants an API key", Remedy: "set the engine's api_key; its operator gives one out", Err: st,
			Trouble: edition.Trouble{Reason: edition.TroubleNoCredentials, Where: e.client.Host(), See: "api_key"},
		})
	case st.Says("format is not supported"):
		return e.fail(engine.Error{
			Kind: engine.Permanent, What: e.client.Host() + " does not take HTML", Remedy: "update the LibreTranslate server", Err: st,
			Trouble: edition.Trouble{Reason: edition.TroubleRefused, Where: e.client.Host(), Detail: "format: html"},
		})
	case st.Says("is not supported", "is not available as a target language"):
		return e.noLanguage(st, r)
	case st.Says("exceeds text limit", "exceeds character limit"):
		return e.fail(engine.Error{
			Kind: engine.Permanent, What: "a request is larger than " + e.client.Host() + " takes",
			Remedy: "raise the server's LT_CHAR_LIMIT and LT_BATCH_LIMIT, or lower the engine's limits", Err: st,
			Trouble: edition.Trouble{Reason: edition.TroubleLong, Where: e.client.Host()},
		})
	}
	return e.client.Classify(st)
}

func (e *Engine) noLanguage(st *httpjson.Status, r engine.Request) error {
	err := engine.NoLanguage(e.s.Name, r.Source, r.Target)
	err.Err = st
	return err
}

// denied tells a wrong key from a ban for having asked too often.
func (e *Engine) denied(st *httpjson.Status) error {
	if st.Says("too many request") {
		return e.fail(engine.Error{
			Kind: engine.Quota, After: st.After, What: e.client.Host() + " has shut us out for asking too often",
			Remedy: "lower the engine's limits, or ask the server's operator for a key", Err: st,
			Trouble: edition.Trouble{Reason: edition.TroubleQuota, Where: e.client.Host()},
		})
	}
	what, remedy, reason := "its API key is refused by "+e.client.Host(), "check the engine's api_key", edition.TroubleCredentials
	if e.s.APIKey == "" {
		what = fmt.Sprintf("%s wants an API key and none is set", e.client.Host())
		remedy, reason = "set the engine's api_key; its operator gives one out", edition.TroubleNoCredentials
	}
	return e.fail(engine.Error{Kind: engine.Auth, What: what, Remedy: remedy, Err: st, Trouble: edition.Trouble{Reason: reason, Where: e.client.Host(), See: "api_key"}})
}

func (e *Engine) fail(err engine.Error) error {
	err.Engine = e.s.Name
	return &err
}
