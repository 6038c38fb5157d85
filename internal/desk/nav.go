package desk

import "dragoman/internal/edition"

// room is a part of the desk that the top navigation leads to.
type room struct {
	Name string // of its page, and of its message: "nav." + Name
	Href string
	// Opens says who is led there; nil means everybody who is signed in. It is
	// no lock: each page looks at the rights itself.
	Opens func(p edition.Person) bool
}

// rooms are all of them, in the order in which they are shown.
var rooms = []room{
	{Name: "queue", Href: "/"},
	{Name: "batches", Href: "/batches"},
	{Name: "glossary", Href: "/glossary"},
	{Name: "memory", Href: "/memory"},
	{Name: "published", Href: "/published"},
	{Name: "engines", Href: "/engines", Opens: edition.Person.RunsTheHouse},
	{Name: "dashboard", Href: "/dashboard"},
	{Name: "users", Href: "/users", Opens: edition.Person.RunsTheHouse},
	{Name: "audit", Href: "/audit", Opens: edition.Person.RunsTheHouse},
}

// doorway is a link of the top navigation.
type doorway struct {
	Name, Href, Word string
	Current          bool
}

// Rooms are the doors that are open to who reads the page.
func (f frame) Rooms() []doorway {
	var out []doorway
	for _, r := range rooms {
		if r.Opens == nil || r.Opens(f.Me) {
			out = append(out, doorway{Name: r.Name, Href: r.Href, Word: f.T("nav." + r.Name), Current: r.Name == f.Page || r.Name == f.Room})
		}
	}
	return out
}

// RoomWord names the room that the page is in, "" where it is in none.
func (f frame) RoomWord() string {
	for _, r := range f.Rooms() {
		if r.Current {
			return r.Word
		}
	}
	return ""
}

// files are the style sheets and scripts of a page besides those that every
// page has.
type files struct{ Styles, Scripts []string }

// pageFiles are those of the pages that have any, by the page's name.
var pageFiles = map[string]files{
	"queue":      {Scripts: []string{"queue.js"}},
	"edition":    {Styles: []string{"review.css"}, Scripts: []string{"edition.js"}},
	"about":      {Styles: []string{"review.css"}},
	"preview":    {Styles: []string{"review.css"}, Scripts: []string{"preview.js"}},
	"keyboard":   {Styles: []string{"review.css"}},
	"sign-in":    {Styles: []string{"people.css"}},
	"me":         {Styles: []string{"people.css"}},
	"users":      {Styles: []string{"people.css"}},
	"audit":      {Styles: []string{"people.css"}},
	"batches":    {Styles: []string{"rooms.css"}, Scripts: []string{"rooms.js"}},
	"batch":      {Styles: []string{"rooms.css"}, Scripts: []string{"rooms.js"}},
	"change":     {Styles: []string{"rooms.css"}, Scripts: []string{"rooms.js"}},
	"published":  {Styles: []string{"rooms.css"}, Scripts: []string{"rooms.js"}},
	"public-log": {Styles: []string{"rooms.css"}, Scripts: []string{"rooms.js"}},
	"memory":     {Styles: []string{"rooms.css"}, Scripts: []string{"rooms.js"}},
	"templates":  {Styles: []string{"rooms.css"}, Scripts: []string{"rooms.js"}},
	"dashboard":  {Styles: []string{"rooms.css"}, Scripts: []string{"rooms.js"}},
	"engines":    {Styles: []string{"rooms.css"}, Scripts: []string{"rooms.js"}},
	"glossary":   {Styles: []string{"rooms.css"}, Scripts: []string{"rooms.js"}},
	"concept":    {Styles: []string{"rooms.css"}, Scripts: []string{"rooms.js"}},
}

// Files are the page's own.
func (f frame) Files() files { return pageFiles[f.Page] }
