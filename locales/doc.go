// Package locales knows what a language needs in print: direction and script,
// digits and signs, quotation marks, month and weekday names, plural
// categories, casing and letter folding, number words and counted nouns. It
// also holds the message catalogues of the desk and of the published pages.
// It has no state, no database and no network; all data are plain-text files
// under data/ and catalogue/ that a linguist can extend.
//
//	ar, err := locales.Get("ar")
//	ar.FormatDate(day, true)            // الاثنين 5 شباط 2018
//	noun, _ := locales.Counted("ar", "مدني")
//	phrase, _ := noun.For(6, locales.Nominative)
//	phrase.String()                     // ستة مدنيين
//	locales.NewLocalizer("ar").N("queue.waiting", 3, nil)
package locales
