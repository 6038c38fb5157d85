package desk

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// keyAct is something that a single key does on the page of an edition, and
// in the queue where it says so.
type keyAct struct {
	Name, Code string
	Queue      bool
}

// keyActs are all of them with their usual keys, named by their place on the
// keyboard (KeyboardEvent.code).
var keyActs = []keyAct{
	{Name: "next", Code: "KeyN"}, {Name: "fix", Code: "KeyF"}, {Name: "dismiss", Code: "KeyD"}, {Name: "history", Code: "KeyH"}, {Name: "comment", Code: "KeyC"},
	{Name: "merge", Code: "KeyM"}, {Name: "split", Code: "KeyS"}, {Name: "undo", Code: "KeyU"}, {Name: "marks", Code: "KeyT"}, {Name: "preview", Code: "KeyP"},
	{Name: "take", Code: "KeyA", Queue: true},
}

// leaders are the keys that, with Ctrl, let a single key act inside a field.
// None of them is a browser's or a screen reader's.
var leaders = []string{"Period", "Semicolon", "Comma", "Backslash"}

// keyFaces are the keys that may be chosen besides letters. The stroke, the
// quotation mark and F-keys are the browsers', the arrows, Enter, Escape, Tab
// and the space the page's and the screen readers'.
var keyFaces = map[string]string{
	"Semicolon": ";", "Comma": ",", "Period": ".", "Minus": "-", "Equal": "=", "BracketLeft": "[", "BracketRight": "]", "Backslash": "\\", "Backquote": "`",
}

// keyCodes are all keys that may be chosen.
var keyCodes = func() []string {
	var out []string
	for r := 'A'; r <= 'Z'; r++ {
		out = append(out, "Key"+string(r))
	}
	return append(out, "Semicolon", "Comma", "Period", "Minus", "Equal", "BracketLeft", "BracketRight", "Backslash", "Backquote")
}()

// keyFace is what is written on a key.
func keyFace(code string) string {
	if face, ok := keyFaces[code]; ok {
		return face
	}
	return strings.TrimPrefix(code, "Key")
}

// ownKeys are a person's keys. A code of "" is no key.
type ownKeys struct {
	Off    bool              `json:"off"` // no single key does anything
	Leader string            `json:"leader"`
	Codes  map[string]string `json:"codes"` // by act
}

func usualKeys() ownKeys {
	k := ownKeys{Leader: leaders[0], Codes: map[string]string{}}
	for _, a := range keyActs {
		k.Codes[a.Name] = a.Code
	}
	return k
}

// keysPreference is the name under which they are kept.
const keysPreference = "keys"

// readKeys reads what was kept; what it does not say is as usual, but for a
// key that the person gave to something else.
func readKeys(text string) ownKeys {
	k := usualKeys()
	var own ownKeys
	if text == "" || json.Unmarshal([]byte(text), &own) != nil {
		return k
	}
	k.Off = own.Off
	if own.Leader == "" || slices.Contains(leaders, own.Leader) {
		k.Leader = own.Leader
	}
	for name, code := range own.Codes {
		if _, known := k.Codes[name]; known && (code == "" || slices.Contains(keyCodes, code)) {
			k.Codes[name] = code
		}
	}
	for _, a := range keyActs {
		if _, chosen := own.Codes[a.Name]; !chosen && k.taken(a) {
			k.Codes[a.Name] = ""
		}
	}
	return k
}

// taken reports whether something else has an act's usual key.
func (k ownKeys) taken(a keyAct) bool {
	for name, code := range k.Codes {
		if name != a.Name && code == a.Code {
			return true
		}
	}
	return false
}

// JSON is what the page's script reads.
func (k ownKeys) JSON() (string, error) {
	b, err := json.Marshal(k)
	return string(b), err
}

// keyView is one key in the list of them, or in the form in which it is
// changed.
type keyView struct {
	Name, Code, Face, Word string
	Queue                  bool // it acts in the queue too
}

// KeyList are the person's keys.
func (f frame) KeyList() []keyView {
	var out []keyView
	for _, a := range keyActs {
		code := f.Keys.Codes[a.Name]
		out = append(out, keyView{a.Name, code, keyFace(code), f.T("review.key." + a.Name), a.Queue})
	}
	return out
}

// LeaderFace is what is written on the leader key, "" for none.
func (f frame) LeaderFace() string { return keyFace(f.Keys.Leader) }

// KeyData is what the page's script reads.
func (f frame) KeyData() (string, error) { return f.Keys.JSON() }

// keyboardView is the page on which a person sees and changes their keys.
type keyboardView struct {
	frame
	Codes, Leaders []keyView
}

// keyboardPage lists the keys and lets them be changed.
func (d *Desk) keyboardPage(c *call) error {
	v := keyboardView{frame: c.frame("keyboard", c.T("nav.keys"))}
	for _, code := range keyCodes {
		v.Codes = append(v.Codes, keyView{Code: code, Face: keyFace(code)})
	}
	for _, code := range leaders {
		v.Leaders = append(v.Leaders, keyView{Code: code, Face: keyFace(code)})
	}
	return c.page(http.StatusOK, "keyboard.html", v)
}

// saveKeys keeps a person's keys.
func (d *Desk) saveKeys(c *call) error {
	f := c.r.PostForm
	k := usualKeys()
	if f.Get("reset") == "" {
		k.Off, k.Leader = f.Get("single") == "", f.Get("leader")
		used := map[string]bool{}
		for _, a := range keyActs {
			code := f.Get("key-" + a.Name)
			switch {
			case code != "" && !slices.Contains(keyCodes, code), k.Leader != "" && !slices.Contains(leaders, k.Leader):
				return c.keysRefused(c.T("review.keys-wrong"))
			case code != "" && used[code]:
				return c.keysRefused(c.T("review.keys-twice", "Key", keyFace(code)))
			}
			used[code] = true
			k.Codes[a.Name] = code
		}
	}
	text, err := k.JSON()
	if err != nil {
		return err
	}
	if err := d.pipe.SavePreference(c.ctx(), c.me.ID, keysPreference, text); err != nil {
		return err
	}
	if c.json {
		return c.reply(http.StatusOK, map[string]string{"done": c.T("review.keys-saved")})
	}
	c.say(notice{Kind: "done", Text: c.T("review.keys-saved")})
	return c.goTo("/keyboard")
}

func (c *call) keysRefused(why string) error {
	if c.json {
		return c.reply(http.StatusUnprocessableEntity, map[string]string{"error": why})
	}
	c.say(notice{Kind: "error", Text: why})
	return c.goTo("/keyboard")
}
