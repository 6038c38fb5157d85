package desk

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var token = regexp.MustCompile(`--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);`)

// Colours hold WCAG 2.2 on every ground that they stand on, light and dark:
// running text 7:1, other text 4.5:1, the lines around fields 3:1.
func TestContrast(t *testing.T) {
	t.Parallel()
	css, err := staticFiles.ReadFile("static/desk.css")
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[string][2]string{}
	for _, m := range token.FindAllStringSubmatch(string(css), -1) {
		tokens[m[1]] = [2]string{m[2], m[3]}
	}
	grounds := []string{"ground", "paper", "wash", "tint"}
	for _, c := range []struct {
		text  string
		on    []string
		least float64
	}{
		{"ink", append(grounds, "fair-wash", "bad-wash", "good-wash"), 7}, {"soft", grounds, 4.5}, {"accent", grounds, 4.5},
		{"good", append(grounds, "good-wash"), 4.5}, {"bad", append(grounds, "bad-wash"), 4.5}, {"fair", append(grounds, "fair-wash"), 4.5},
		{"on-accent", []string{"accent"}, 4.5}, {"edge", []string{"paper", "ground"}, 3}, {"accent", []string{"tint"}, 3},
	} {
		for _, on := range c.on {
			for i, theme := range []string{"light", "dark"} {
				if tokens[c.text][i] == "" || tokens[on][i] == "" {
					t.Fatalf("no colour %s or %s", c.text, on)
				}
				if got := contrast(t, tokens[c.text][i], tokens[on][i]); got < c.least {
					t.Errorf("%s on %s, %s: %.2f, less than %.1f", c.text, on, theme, got, c.least)
				}
			}
		}
	}
}

// contrast is WCAG's ratio of two colours.
func contrast(t *testing.T, a, b string) float64 {
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// luminance is WCAG's relative luminance of a colour.
func luminance(t *testing.T, colour string) float64 {
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			sum += weight * c / 12.92
		} else {
			sum += weight * math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return sum
}

// The style sheet mirrors by itself: it names no left and no right.
func TestStyleIsLogical(t *testing.T) {
	t.Parallel()
	css, err := staticFiles.ReadFile("static/desk.css")
	if err != nil {
		t.Fatal(err)
	}
	physical := regexp.MustCompile(`(?:margin|padding|border|inset)-(?:left|right)|[{;\s](?:left|right):|(?:float|text-align|clear): (?:left|right)|(?:margin|padding): [^ ;]+ [^ ;]+ [^ ;]+ [^ ;]+;`)
	inBrackets := regexp.MustCompile(`\([^()]*\)`)
	for n, line := range strings.Split(string(css), "\n") {
		line = inBrackets.ReplaceAllString(line, "()")
		if m := physical.FindString(line); m != "" {
			t.Errorf("desk.css:%d: %q", n+1, m)
		}
	}
	if strings.Contains(string(css), "@import") || strings.Contains(string(css), "url(") {
		t.Error("the style sheet asks for another file")
	}
}
