package desk

import "slices"

// figure is a drawing made on the server: bars with a legend, and the same
// numbers as a table behind it.
type figure struct {
	*words
	ID          string
	Name, Desc  string
	Width       int
	Height      int
	Bars        []bar2
	Labels      []label
	Legend      []legend
	Columns     []string
	Rows        [][]string
	Empty       bool
	TableCalled string
}

// bar2 is a part of a bar. Shade is the number of its series.
type bar2 struct {
	X, Y, W, H int
	Shade      int
	Text       string // what it says, for a pointer that rests on it
}

// label is a text in the drawing; Anchor is start, middle or end.
type label struct {
	X, Y   int
	Anchor string
	Text   string
}

type legend struct {
	Shade int
	Text  string
}

// series is one kind of thing that is counted, by bar.
type series struct {
	Name     string
	Values   []int
	Currency string // of amounts, which are counted in hundredths of it
}

// written is a number of a series.
func (c *call) written(s series, n int) string {
	if s.Currency == "" {
		return c.Int(n)
	}
	return c.money(int64(n)*10_000, s.Currency)
}

// The measures of a drawing, in its own units.
const (
	figureWidth  = 720
	nameWidth    = 150 // of the names before lying bars
	countWidth   = 70  // of the sums behind them
	lyingBar     = 22
	lyingGap     = 12
	standingArea = 190
	standingFoot = 26
)

// mirrored gives the place of something wide w in a drawing that begins at the
// right.
func (f *figure) mirrored(x, w int) int {
	if f.Dir == "rtl" {
		return f.Width - x - w
	}
	return x
}

// lying draws one bar a name, each cut in its series; sums are what stands
// behind each.
func (c *call) lying(id, name, desc string, names []string, all []series, sums []string) figure {
	f := c.figureOf(id, name, desc, names, all)
	if f.Empty {
		return f
	}
	f.Height = len(names)*(lyingBar+lyingGap) + lyingGap
	most := 1
	for i := range names {
		most = max(most, total(all, i))
	}
	room := f.Width - nameWidth - countWidth
	for i, n := range names {
		y := lyingGap + i*(lyingBar+lyingGap)
		f.Labels = append(f.Labels, label{f.mirrored(0, 0), y + 16, "start", n})
		x := 0
		for k, s := range all {
			to := x + s.Values[i]
			from, end := x*room/most, to*room/most
			if s.Values[i] > 0 {
				w := max(end-from, 1)
				f.Bars = append(f.Bars, bar2{f.mirrored(nameWidth+from, w), y, w, lyingBar, k, n + " · " + s.Name + ": " + c.written(s, s.Values[i])})
			}
			x = to
		}
		if sums != nil {
			f.Labels = append(f.Labels, label{f.mirrored(nameWidth+x*room/most+6, 0), y + 16, "start", sums[i]})
		}
	}
	return f
}

// standing draws one bar a name, side by side, each cut in its series; of many
// names only some are written.
func (c *call) standing(id, name, desc string, names []string, all []series) figure {
	f := c.figureOf(id, name, desc, names, all)
	if f.Empty {
		return f
	}
	f.Height = standingArea + standingFoot
	most := 1
	for i := range names {
		most = max(most, total(all, i))
	}
	step := f.Width / len(names)
	wide := min(max(step*7/10, 2), 60)
	every := (len(names) + 4) / 5
	for i, n := range names {
		x := i*step + (step-wide)/2
		y := standingArea
		sum := 0
		for k, s := range all {
			if s.Values[i] == 0 {
				continue
			}
			sum += s.Values[i]
			top := standingArea - sum*(standingArea-18)/most
			h := max(y-top, 1)
			f.Bars = append(f.Bars, bar2{f.mirrored(x, wide), y - h, wide, h, k, n + " · " + s.Name + ": " + c.written(s, s.Values[i])})
			y -= h
		}
		switch last := len(names) - 1; {
		case i == 0 && last > 0: // the outermost must not stick out
			f.Labels = append(f.Labels, label{f.mirrored(0, 0), f.Height - 6, "start", n})
		case i == last && last > 0:
			f.Labels = append(f.Labels, label{f.mirrored(f.Width, 0), f.Height - 6, "end", n})
		case i%every == 0 && last-i >= every:
			f.Labels = append(f.Labels, label{f.mirrored(x, wide) + wide/2, f.Height - 6, "middle", n})
		}
	}
	if !slices.ContainsFunc(all, func(s series) bool { return s.Currency != all[0].Currency }) { // what cannot be added has no height
		f.Labels = append(f.Labels, label{f.mirrored(2, 0), 12, "start", c.written(all[0], most)})
	}
	return f
}

// figureOf is what both kinds of drawing have: legend and table.
func (c *call) figureOf(id, name, desc string, names []string, all []series) figure {
	f := figure{words: c.words, ID: id, Name: name, Desc: desc, Width: figureWidth, Columns: []string{""}, TableCalled: c.T("desk.house.as-table")}
	f.Empty = len(names) == 0 || !slices.ContainsFunc(all, func(s series) bool { return slices.ContainsFunc(s.Values, func(n int) bool { return n > 0 }) })
	for k, s := range all {
		f.Legend = append(f.Legend, legend{k, s.Name})
		f.Columns = append(f.Columns, s.Name)
	}
	for i, n := range names {
		row := []string{n}
		for _, s := range all {
			row = append(row, c.written(s, s.Values[i]))
		}
		f.Rows = append(f.Rows, row)
	}
	return f
}

func total(all []series, i int) (n int) {
	for _, s := range all {
		n += s.Values[i]
	}
	return n
}
