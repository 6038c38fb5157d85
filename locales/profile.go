package locales

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

//go:embed data
var data embed.FS

// Profile is what Dragoman knows of one language. A profile is shared and
// must not be changed; WithDigits gives a changed copy. All methods are safe
// for concurrent use.
type Profile struct {
	// Tag is the BCP 47 language subtag, such as "ar" or "kmr".
	Tag         string `toml:"tag"`
	EnglishName string `toml:"english_name"`
	NativeName  string `toml:"native_name"`
	// Dir is "ltr" or "rtl"; Script is the ISO 15924 code: Arab, Latn or Cyrl.
	Dir    string `toml:"dir"`
	Script string `toml:"script"`

	// Digits are the ten digits from zero on.
	Digits string `toml:"digits"`
	// Decimal and Group are the separators; Group stands between thousands
	// once at least MinGroup digits stand before the first one (Spanish: 2).
	Decimal  string `toml:"decimal"`
	Group    string `toml:"group"`
	MinGroup int    `toml:"min_group"`
	// Percent is the sign, PercentPattern where it stands: "{n}" is the number.
	Percent        string `toml:"percent"`
	PercentPattern string `toml:"percent_pattern"`
	// PercentWords say "percent" in words.
	PercentWords []string `toml:"percent_words"`
	// Currencies maps a sign to the words that say it.
	Currencies map[string][]string `toml:"currencies"`

	// Quotes are the marks: open, close, nested open, nested close.
	Quotes [4]string `toml:"quotes"`
	// QuotePad is the space inside the outer quotes (French), or "".
	QuotePad string `toml:"quote_pad"`

	Stop        string `toml:"stop"`
	Comma       string `toml:"comma"`
	Semicolon   string `toml:"semicolon"`
	Colon       string `toml:"colon"`
	Question    string `toml:"question"`
	Exclamation string `toml:"exclamation"`
	Ellipsis    string `toml:"ellipsis"`
	// OpeningQuestion and OpeningExclamation are Spanish ¿ and ¡, or "".
	OpeningQuestion    string `toml:"opening_question"`
	OpeningExclamation string `toml:"opening_exclamation"`
	// SpaceBefore is the space that stands before a mark (French), by mark.
	SpaceBefore map[string]string `toml:"space_before"`

	// Months are the twelve names in the form that a date takes, January
	// first; MonthForms other forms in which each is recognised;
	// MonthsForeign names of other regions, recognised but not house style.
	Months        []string   `toml:"months"`
	MonthForms    [][]string `toml:"month_forms"`
	MonthsForeign [][]string `toml:"months_foreign"`
	// MonthsKeepCase: a month's name counts only as it is spelled here.
	// MonthsNeedNumber are forms that are also words: they count as a month
	// only beside a day or a year.
	MonthsKeepCase   bool     `toml:"months_keep_case"`
	MonthsNeedNumber []string `toml:"months_need_number"`
	// MonthCues are words after which such a form counts all the same.
	MonthCues []string `toml:"month_cues"`
	// Weekdays are the seven names, Sunday first; WeekdayForms other forms.
	Weekdays     []string   `toml:"weekdays"`
	WeekdayForms [][]string `toml:"weekday_forms"`
	// WeekdaysWeak are forms that also mean something else.
	WeekdaysWeak []string `toml:"weekdays_weak"`
	// DatePattern and WeekdayDatePattern hold {day}, {month}, {year} and
	// {weekday}; FirstDay replaces the day number 1 (French "1er").
	DatePattern        string `toml:"date_pattern"`
	WeekdayDatePattern string `toml:"weekday_date_pattern"`
	FirstDay           string `toml:"first_day"`

	// Connectors are words that join number words ("hundred and five").
	Connectors []string `toml:"connectors"`

	// PluralTag is the language whose CLDR plural rules count.
	PluralTag string `toml:"plural"`

	digits [10]string
	lexicon
}

// aliases are other tags under which a profile is asked for.
var aliases = map[string]string{"ku": "kmr", "ku-arab": "ckb", "ku-latn": "kmr"}

// Known returns the tags of all profiles, sorted.
func Known() []string { return slices.Clone(knownTags()) }

var knownTags = sync.OnceValue(func() []string {
	files, err := fs.Glob(data, "data/*.toml")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	tags := make([]string, len(files))
	for i, f := range files {
		tags[i] = strings.TrimSuffix(path.Base(f), ".toml")
	}
	slices.Sort(tags)
	return tags
})

var profiles = sync.OnceValue(func() map[string]func() *Profile {
	m := make(map[string]func() *Profile)
	for _, tag := range knownTags() {
		m[tag] = sync.OnceValue(func() *Profile { return mustLoad(tag) })
	}
	return m
})

// Get returns the profile of a BCP 47 tag; region and further subtags are
// ignored ("ar-SY" gives "ar"). The error names the known tags.
func Get(tag string) (*Profile, error) {
	key := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(tag), "_", "-"))
	for key != "" {
		if a, ok := aliases[key]; ok {
			key = a
		}
		if load, ok := profiles()[key]; ok {
			return load(), nil
		}
		cut := strings.LastIndexByte(key, '-')
		if cut < 0 {
			break
		}
		key = key[:cut]
	}
	return nil, fmt.Errorf("locale %q is not known; known are %s: choose one of these, or add locales/data/<tag>.toml",
		tag, strings.Join(knownTags(), ", "))
}

// mustLoad reads an embedded profile; the data are part of the program and
// covered by tests, so a mistake in them is a panic.
func mustLoad(tag string) *Profile {
	raw, err := data.ReadFile("data/" + tag + ".toml")
	if err != nil {
		panic(err)
	}
	p, err := parseProfile(raw)
	if err != nil {
		panic(fmt.Sprintf("locales: data/%s.toml: %v", tag, err))
	}
	if p.Tag != tag {
		panic(fmt.Sprintf("locales: data/%s.toml: tag is %q, not the file's name", tag, p.Tag))
	}
	if err := p.loadLexicon(); err != nil {
		panic("locales: " + err.Error())
	}
	return p
}

func parseProfile(raw []byte) (*Profile, error) {
	p := new(Profile)
	d := toml.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	if err := d.Decode(p); err != nil {
		return nil, err
	}
	if len(p.Months) != 12 || len(p.Weekdays) != 7 {
		return nil, fmt.Errorf("%d months and %d weekdays; there must be 12 and 7", len(p.Months), len(p.Weekdays))
	}
	return p, p.setDigits(p.Digits)
}

func (p *Profile) setDigits(digits string) error {
	if utf8.RuneCountInString(digits) != 10 {
		return fmt.Errorf("digits %q: there must be ten", digits)
	}
	p.Digits = digits
	i := 0
	for _, r := range digits {
		p.digits[i] = string(r)
		i++
	}
	return nil
}

// WithDigits returns a copy of the profile that writes numbers in another
// digit system, named as in CLDR: "latn" (0-9) or "arab" (٠-٩ with ٫ ٬ ٪).
func (p *Profile) WithDigits(system string) (*Profile, error) {
	q := *p
	switch system {
	case "latn":
		q.Decimal, q.Group, q.Percent = ".", ",", "%"
		if p.Digits == "0123456789" {
			q.Decimal, q.Group, q.Percent = p.Decimal, p.Group, p.Percent
		}
		q.PercentPattern = strings.ReplaceAll(p.PercentPattern, p.Percent, q.Percent)
		return &q, q.setDigits("0123456789")
	case "arab":
		q.Decimal, q.Group, q.Percent = "٫", "٬", "٪"
		q.PercentPattern = strings.ReplaceAll(p.PercentPattern, p.Percent, q.Percent)
		return &q, q.setDigits("٠١٢٣٤٥٦٧٨٩")
	}
	return nil, fmt.Errorf("digit system %q is not known; known are latn, arab", system)
}

// RTL reports whether the language is written from right to left.
func (p *Profile) RTL() bool { return p.Dir == "rtl" }
