package publish

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// browser starts a headless Chromium, where there is one.
func browser(t *testing.T) context.Context {
	t.Helper()
	exe := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			exe = p
			break
		}
	}
	if exe == "" || testing.Short() {
		t.Skip("needs Chromium")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithAllocatorOptions(
		chromedp.ExecPath(exe), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true)))
	t.Cleanup(cancel)
	return ctx
}

// widePage has what could break a narrow screen.
func widePage() Page {
	p := arabicPage()
	p.Slug = "wide"
	row := strings.Repeat("<td>المنطقة التي أصيبت</td>", 8)
	p.BodyHTML += "<table><tr>" + row + "</tr></table><pre><code>" + strings.Repeat("x", 200) + "</code></pre><p>https://example.org/" +
		strings.Repeat("very-long", 20) + "</p><ul><li>a<ul><li>b<ul><li>" + strings.Repeat("كلمة", 30) + "</li></ul></li></ul></li></ul>"
	p.Tags = append(p.Tags, strings.Repeat("وسم", 40))
	return p
}

// The pages fit a phone of 360 pixels and a large screen, their own policy
// lets their style sheet through, they ask the network for nothing, and Arabic
// is set as it should be.
func TestPagesInABrowser(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	w, dir := open(t)
	var pages []string
	add := func(files ...File) {
		if _, err := w.WriteAll(files); err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f.Path, HTML) {
				pages = append(pages, f.Path)
			}
		}
	}
	for _, p := range []Page{arabicPage(), widePage(), englishPage()} {
		files, err := Render(sampleSite, p, sampleAlternates)
		if err != nil {
			t.Fatal(err)
		}
		add(files...)
	}
	files, err := RenderIndex(sampleSite, Index{Locale: "ar", Entries: sampleEntries(arabicPage()), Locales: []string{"en", "fr"}})
	if err != nil {
		t.Fatal(err)
	}
	add(files...)
	root, err := RenderRoot(sampleSite, map[string]int{"ar": 1, "en": 1, "fr": 1})
	if err != nil {
		t.Fatal(err)
	}
	add(root...)

	var asked, said []string
	err = chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, "file://") && e.Request.URL != "data:," {
				asked = append(asked, e.Request.URL)
			}
		case *log.EventEntryAdded:
			said = append(said, e.Entry.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		address := (&url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(dir, page))}).String()
		for _, width := range []int64{360, 1280} {
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(address)); err != nil {
				t.Fatal(err)
			}
			got, err := chromedp.Run(ctx, chromedp.Evaluate[layout](measure))
			if err != nil {
				t.Fatal(err)
			}
			got.check(t, fmt.Sprintf("%s at %d", page, width), width)
		}
	}
	if len(asked) > 0 {
		t.Errorf("the pages asked for %v", asked)
	}
	if len(said) > 0 {
		t.Errorf("the browser complained: %v", said)
	}
}

// layout is what a browser made of a page.
type layout struct {
	Width                       int64
	Border, Spacing, Slant, Dir string
	Lead                        float64
	Small                       int // links under 24 pixels high, outside of running text
}

const measure = `(() => {
	const css = (e, p) => e ? getComputedStyle(e)[p] : '';
	const body = document.querySelector('.body');
	return {
		Width: document.documentElement.scrollWidth,
		Border: css(document.body, 'borderTopWidth'),
		Spacing: css(body, 'letterSpacing'),
		Slant: css(document.querySelector('.body em'), 'fontStyle'),
		Dir: css(document.body, 'direction'),
		Lead: body ? parseFloat(css(body, 'lineHeight')) / parseFloat(css(body, 'fontSize')) : 0,
		Small: [...document.querySelectorAll('nav a')].filter(a => a.getBoundingClientRect().height < 24).length,
	};
})()`

func (l layout) check(t *testing.T, where string, width int64) {
	t.Helper()
	if l.Width > width {
		t.Errorf("%s: %d pixels wide", where, l.Width)
	}
	if l.Border != "4px" {
		t.Errorf("%s: the style sheet was not applied", where)
	}
	if l.Small > 0 {
		t.Errorf("%s: %d links too low to be touched", where, l.Small)
	}
	if !strings.HasPrefix(where, "ar/") {
		return
	}
	if l.Dir != "rtl" || l.Spacing != "" && l.Spacing != "normal" || l.Slant == "italic" {
		t.Errorf("%s: %+v", where, l)
	}
	if l.Lead != 0 && (l.Lead < 1.79 || l.Lead > 1.81) {
		t.Errorf("%s: line height %.2f", where, l.Lead)
	}
}

// Colours hold WCAG 2.2: running text AAA (7:1), everything else AA (4.5:1),
// on either ground, light and dark.
func TestContrast(t *testing.T) {
	t.Parallel()
	sets := regexp.MustCompile(`--paper: (#\w+); --wash: (#\w+); --ink: (#\w+); --soft: (#\w+); --line: (#\w+); --accent: (#\w+)`).
		FindAllStringSubmatch(style, -1)
	if len(sets) < 2 {
		t.Fatalf("%d sets of colours", len(sets))
	}
	for _, set := range sets {
		paper, wash, ink, soft, accent := set[1], set[2], set[3], set[4], set[6]
		for _, pair := range []struct {
			on, text string
			least    float64
		}{
			{paper, ink, 7}, {wash, ink, 7}, {paper, soft, 4.5}, {wash, soft, 4.5}, {paper, accent, 4.5}, {wash, accent, 4.5},
		} {
			if got := contrast(t, pair.on, pair.text); got < pair.least {
				t.Errorf("%s on %s: %.1f, less than %.1f", pair.text, pair.on, got, pair.least)
			}
		}
	}
}

// contrast is WCAG's ratio of two colours.
func contrast(t *testing.T, a, b string) float64 {
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// luminance is WCAG's relative luminance of a colour written #rgb or #rrggbb.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	hex := strings.TrimPrefix(colour, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
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
