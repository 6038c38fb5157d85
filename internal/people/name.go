package people

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"

	"dragoman/internal/edition"
)

// maxName bounds a name, in characters.
const maxName = 60

// reserved are names that mean something else.
var reserved = []string{edition.Machine, "me", "nobody", "admin@", "system"}

// scripts are those whose letters look like each other's; a name is of one.
var scripts = map[string]*unicode.RangeTable{"Latin": unicode.Latin, "Cyrillic": unicode.Cyrillic, "Greek": unicode.Greek, "Arabic": unicode.Arabic, "Hebrew": unicode.Hebrew}

// CheckName gives a name as it is kept, or a *edition.Refusal for one that
// could be read as another or does harm where it is shown: invisible and
// direction-changing characters, and letters of several scripts that look
// alike.
func CheckName(name string) (string, error) {
	no := func(why string) (string, error) {
		return "", &edition.Refusal{Rule: "name", Text: fmt.Sprintf("%q cannot be a user's name: %s", name, why)}
	}
	if !utf8.ValidString(name) || len(name) > 4*maxName {
		return no("take one of at most 60 letters, digits and spaces")
	}
	name = strings.Join(strings.Fields(norm.NFC.String(name)), " ")
	used := map[string]bool{}
	letters := 0
	for _, r := range name {
		switch {
		case unicode.IsLetter(r):
			letters++
			for s, table := range scripts {
				if unicode.Is(table, r) {
					used[s] = true
				}
			}
		case unicode.IsMark(r), unicode.IsDigit(r), strings.ContainsRune(" .-_'’@", r):
		default:
			return no("it holds a character that is no letter, digit or space")
		}
	}
	switch {
	case letters == 0 || utf8.RuneCountInString(name) > maxName:
		return no("take one of at most 60 letters, digits and spaces")
	case len(used) > 1:
		return no("it mixes the letters of several scripts")
	}
	for _, r := range reserved {
		if fold(name) == fold(r) {
			return no("it means something else here")
		}
	}
	return name, nil
}

// fold is what two names have in common that people would take for one
// another: case, spaces and width do not count (RFC 8266).
func fold(name string) string {
	key, err := precis.Nickname.CompareKey(name)
	if err != nil {
		return strings.ToLower(name)
	}
	return key
}
