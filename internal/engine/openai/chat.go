package openai

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/engine/httpjson"
)

// format is how the form of the answer is asked for.
type format int

const (
	bySchema format = iota
	byObject        // any JSON object
	byWords         // by the instructions alone
)

// thinking is what is said about thinking before the answer.
type thinking int

const (
	asItIs   thinking = iota
	off               // as chat templates and as reasoning models know it
	noEffort          // as reasoning models alone know it
	lowEffort
	unasked // nothing that we know is understood
)

// dialect is what is known of how the server wants to be asked. It only ever
// becomes simpler.
type dialect struct {
	format   format
	thinking thinking
	// warm leaves out the temperature, which some models refuse to have set.
	warm bool
}

// call is the body of a request (platform.openai.com/docs/api-reference/chat).
type call struct {
	Model          string          `json:"model"`
	Messages       []message       `json:"messages"`
	Temperature    *float64        `json:"temperature,omitempty"`
	ResponseFormat any             `json:"response_format,omitempty"`
	Effort         string          `json:"reasoning_effort,omitempty"`
	Template       map[string]bool `json:"chat_template_kwargs,omitempty"`
	Stream         bool            `json:"stream"`
}

// result is the part of an answer that counts.
type result struct {
	Choices []struct {
		Message struct {
			Content          string `json:"content"`
			Refusal          string `json:"refusal"`
			Reasoning        string `json:"reasoning"`         // vLLM, Ollama, OpenRouter
			ReasoningContent string `json:"reasoning_content"` // llama.cpp, DeepSeek
		} `json:"message"`
		FinishReason string `json:"finish_reason"`
	} `json:"choices"`
	Usage struct {
		PromptTokens     int64 `json:"prompt_tokens"`
		CompletionTokens int64 `json:"completion_tokens"`
	} `json:"usage"`
}

// schema is the form of the answer. Strict schemas want every property required
// and no others.
var schema = map[string]any{
	"type": "json_schema",
	"json_schema": map[string]any{
		"name": "translations", "strict": true,
		"schema": object(map[string]any{
			"translations": map[string]any{
				"type": "array",
				"items": object(map[string]any{
					"id":   map[string]any{"type": "integer"},
					"text": map[string]any{"type": "string"},
				}, "id", "text"),
			},
		}, "translations"),
	},
}

func object(properties map[string]any, required ...string) map[string]any {
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

// body is a request in the server's dialect.
func (e *Engine) body(ms []message, d dialect) call {
	c := call{Model: e.s.Model, Messages: ms}
	if !d.warm {
		c.Temperature = new(float64)
	}
	switch d.format {
	case bySchema:
		c.ResponseFormat = schema
	case byObject:
		c.ResponseFormat = map[string]string{"type": "json_object"}
	}
	switch d.thinking {
	case off:
		c.Effort, c.Template = "none", map[string]bool{"enable_thinking": false}
	case noEffort:
		c.Effort = "none"
	case lowEffort:
		c.Effort = "low"
	}
	return c
}

// answer is what a model said, without its thinking.
type answer struct {
	content string
	// cut means that it met its limit of length before its end.
	cut bool
}

// chat asks, in a simpler form as often as the server refuses the form.
func (e *Engine) chat(ctx context.Context, ms []message) (answer, error) {
	for {
		e.mu.Lock()
		d := e.dialect
		e.mu.Unlock()
		var got result
		err := e.client.Call(ctx, http.MethodPost, "/chat/completions", e.body(ms, d), &got)
		var st *httpjson.Status
		switch {
		case err == nil:
			return e.answer(got, d)
		case !errors.As(err, &st):
			return answer{}, err
		case !e.simplify(d, st):
			return answer{}, e.classify(st)
		}
	}
}

// simplify learns from a refusal of a request in dialect d. It reports whether
// there is another form to try; each one is tried once, so that this ends.
func (e *Engine) simplify(d dialect, st *httpjson.Status) bool {
	if st.Code != http.StatusBadRequest && st.Code != http.StatusUnprocessableEntity {
		return false
	}
	next := d
	switch {
	case tooMuch(st):
		return false
	case !d.warm && st.Says("temperature"):
		next.warm = true
	case d.thinking > asItIs && d.thinking < unasked &&
		st.Says("reasoning", "effort", "chat_template", "thinking", "unrecognized", "unknown", "extra"):
		next.thinking++
	case d.format < byWords && st.Says("response_format", "json_schema", "json_object", "schema", "structured", "grammar", "guided"):
		next.format++
	default:
		return false
	}
	e.learn(d, next)
	return true
}

// learn goes from one dialect to the next, unless another call has gone on.
func (e *Engine) learn(d, next dialect) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.dialect == d {
		e.dialect = next
	}
}

// answer takes the answer out of a result.
func (e *Engine) answer(got result, d dialect) (answer, error) {
	e.calls.Add(1)
	e.sent.Add(got.Usage.PromptTokens)
	e.received.Add(got.Usage.CompletionTokens)
	if len(got.Choices) == 0 {
		return answer{}, engine.Unreadable(e.s.Name, errors.New("an answer without a choice"))
	}
	c := got.Choices[0]
	text, thought := withoutThinking(c.Message.Content)
	thought = thought || c.Message.Reasoning != "" || c.Message.ReasoningContent != ""
	switch {
	case c.FinishReason == "content_filter" || text == "" && c.Message.Refusal != "":
		return answer{}, e.fail(engine.Error{
			Kind: engine.Permanent, What: fmt.Sprintf("model %q refuses to translate the text", e.s.Model),
			Remedy:  "translate it by hand, or with another engine",
			Trouble: edition.Trouble{Reason: edition.TroubleUnwilled, Where: e.s.Model},
		})
	case text != "":
		return answer{content: text, cut: c.FinishReason == "length"}, nil
	case d.thinking == asItIs:
		next := d
		next.thinking = off
		e.learn(d, next)
		return answer{}, e.fail(engine.Error{
			Kind: engine.Retryable, MayBeBilled: true, What: silence(e.s.Model, thought),
			Remedy:  "it is asked again with thinking off",
			Trouble: edition.Trouble{Reason: edition.TroubleSilent, Where: e.s.Model},
		})
	}
	err := engine.BrokenReply(e.s.Name, []engine.Violation{{Rule: engine.RuleEmpty, Detail: "no answer"}})
	err.What, err.Remedy = silence(e.s.Model, thought), "let the server give longer answers, or take a model that does not think"
	err.Trouble = edition.Trouble{Reason: edition.TroubleSilent, Where: e.s.Model}
	return answer{}, err
}

func silence(model string, thought bool) string {
	if thought {
		return fmt.Sprintf("model %q thought and gave no answer", model)
	}
	return fmt.Sprintf("model %q gave an empty answer", model)
}

// tooMuch reports whether the request is over the model's context.
func tooMuch(st *httpjson.Status) bool {
	return st.Says("context_length", "context length", "context size", "maximum context", "context window", "too many tokens", "prompt is too long")
}

// classify decides what a refusal means.
func (e *Engine) classify(st *httpjson.Status) error {
	switch {
	case tooMuch(st):
		return e.fail(engine.Error{
			Kind: engine.Permanent, What: fmt.Sprintf("the request is longer than the context of model %q", e.s.Model),
			Remedy: "lower the engine's limits, or give the model a larger context", Err: st,
			Trouble: edition.Trouble{Reason: edition.TroubleLong, Where: e.s.Model},
		})
	case st.Code == http.StatusUnauthorized || st.Code == http.StatusForbidden:
		what, remedy, reason := "the chat service at "+e.client.Host()+" refuses the api_key", "check the engine's api_key", edition.TroubleCredentials
		if e.s.APIKey == "" {
			what, remedy, reason = "the chat service at "+e.client.Host()+" wants an API key", "set the engine's api_key", edition.TroubleNoCredentials
		}
		return e.fail(engine.Error{Kind: engine.Auth, What: what, Remedy: remedy, Err: st, Trouble: edition.Trouble{Reason: reason, Where: e.client.Host(), See: "api_key"}})
	case st.Code == http.StatusPaymentRequired, st.Code == http.StatusTooManyRequests && st.Says("insufficient_quota", "current quota", "billing", "credit"):
		return e.fail(engine.Error{
			Kind: engine.Quota, After: st.After, What: "what was paid for at " + e.client.Host() + " is used up",
			Remedy: "add credit at the service, or name another engine for the locale", Err: st,
			Trouble: edition.Trouble{Reason: edition.TroubleQuota, Where: e.client.Host()},
		})
	case st.Code == http.StatusNotFound && st.Says("model"),
		st.Code == http.StatusBadRequest && st.Says("model_not_found", "model not found", "invalid model", "unknown model", "not a valid model"):
		return e.noModel("pull it (Ollama) or set the engine's model to one that the server has", st)
	}
	return e.client.Classify(st)
}

func (e *Engine) noModel(remedy string, cause *httpjson.Status) error {
	err := engine.Error{Kind: engine.Permanent, What: fmt.Sprintf("the server at %s has no model %q", e.client.Host(), e.s.Model), Remedy: remedy, Trouble: edition.Trouble{Reason: edition.TroubleModel, Where: e.client.Host(), See: e.s.Model}}
	if cause != nil {
		err.Err = cause
	}
	return e.fail(err)
}

func (e *Engine) fail(err engine.Error) error {
	err.Engine = e.s.Name
	return &err
}

// thoughts are how models mark their thinking where it leaks into the answer.
var thoughts = [][2]string{{"<think>", "</think>"}, {"<thinking>", "</thinking>"}, {"<reasoning>", "</reasoning>"}, {"[THINK]", "[/THINK]"}}

// final is how gpt-oss begins its answer where the server does not take its
// channels apart.
const final = "<|channel|>final<|message|>"

// withoutThinking takes the thinking off an answer. Thinking that never ends is
// all there is; an end without a beginning ends what the template began.
func withoutThinking(s string) (rest string, thought bool) {
	s = strings.TrimSpace(s)
	if i := strings.LastIndex(s, final); i >= 0 {
		s, thought = strings.TrimSpace(s[i+len(final):]), true
	}
	for _, mark := range thoughts {
		begins := strings.HasPrefix(s, mark[0])
		_, after, ends := strings.Cut(s, mark[1])
		switch {
		case begins && !ends:
			return "", true
		case begins, ends && !strings.HasPrefix(s, "{") && !strings.HasPrefix(s, "["):
			s, thought = strings.TrimSpace(after), true
		}
	}
	return s, thought
}
