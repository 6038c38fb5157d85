package openai

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// item is the translation of one segment.
type item struct {
	ID   int    `json:"id"`
	Text string `json:"text"`
}

var errForm = errors.New("the answer is not the list that was asked for")

// parse finds the list in a model's answer, with or without talk and fences
// around it. The list may be bare and hold plain strings. Of a list that is cut
// off come the items that are whole. An id that comes twice is an error: of two
// translations nobody knows which is meant.
func parse(answer string) ([]item, error) {
	const tries = 8
	at := 0
	for range tries {
		i := strings.IndexAny(answer[at:], "{[")
		if i < 0 {
			break
		}
		at += i
		if items, ok := list(answer[at:]); ok {
			seen := map[int]bool{}
			for _, it := range items {
				if seen[it.ID] {
					return nil, fmt.Errorf("%w: sentence %d has two replies", errForm, it.ID)
				}
				seen[it.ID] = true
			}
			return items, nil
		}
		at++
	}
	return nil, errForm
}

// list reads an array, or the first array in an object. It is no list of ours
// where it is empty or an item has another form.
func list(s string) ([]item, bool) {
	dec := json.NewDecoder(strings.NewReader(s))
	t, err := dec.Token()
	if err != nil {
		return nil, false
	}
	if t == json.Delim('{') && !arrayIn(dec) {
		return nil, false
	}
	items := []item{}
	for dec.More() {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return items, len(items) > 0 && cutShort(err)
		}
		it := item{ID: len(items) + 1}
		if json.Unmarshal(raw, &it.Text) != nil {
			if it.ID = 0; json.Unmarshal(raw, &it) != nil || it.ID == 0 {
				return nil, false
			}
		}
		items = append(items, it)
	}
	return items, len(items) > 0
}

// arrayIn goes on to the first array that is a value of the object.
func arrayIn(dec *json.Decoder) bool {
	for dec.More() {
		if _, err := dec.Token(); err != nil { // the key
			return false
		}
		t, err := dec.Token()
		if err != nil || t == json.Delim('{') {
			return false
		}
		if t == json.Delim('[') {
			return true
		}
	}
	return false
}

func cutShort(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) }

// flattened gives a client whose refusals are flat: services nest what they say
// ({"error":{"message":…,"code":…}}), and some quote the key.
func flattened(hc *http.Client, key string) *http.Client {
	own := http.Client{}
	if hc != nil {
		own = *hc
	}
	if own.Transport == nil {
		own.Transport = http.DefaultTransport.(*http.Transport).Clone()
	}
	own.Transport = flat{own.Transport, key}
	return &own
}

type flat struct {
	http.RoundTripper
	key string
}

// RoundTrip rewrites an answer that is an error.
func (f flat) RoundTrip(q *http.Request) (*http.Response, error) {
	resp, err := f.RoundTripper.RoundTrip(q)
	if err != nil || resp.StatusCode < http.StatusBadRequest {
		return resp, err
	}
	const most = 16 << 10
	data, _ := io.ReadAll(io.LimitReader(resp.Body, most))
	_ = resp.Body.Close()
	if f.key != "" {
		data = bytes.ReplaceAll(data, []byte(f.key), []byte("…"))
	}
	var nested struct {
		Error struct {
			Message string `json:"message"`
			Type    any    `json:"type"`
			Code    any    `json:"code"`
			Param   any    `json:"param"`
		} `json:"error"`
	}
	if json.Unmarshal(data, &nested) == nil && nested.Error.Message != "" {
		said := nested.Error.Message
		for _, v := range []any{nested.Error.Param, nested.Error.Type, nested.Error.Code} {
			if s, ok := v.(string); ok && s != "" {
				said += " (" + s + ")"
			}
		}
		data, _ = json.Marshal(map[string]string{"error": said})
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
	resp.Header.Del("Content-Encoding")
	return resp, nil
}

// CloseIdleConnections reaches the transport underneath.
func (f flat) CloseIdleConnections() {
	if c, ok := f.RoundTripper.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
