package locales

// Scan appends to nums the numbers and to dates the dates that stand in text,
// both in order: what Numbers and Dates give, in one pass.
func (p *Profile) Scan(nums []Number, dates []Date, text string) ([]Number, []Date) {
	n := numberScan{p: p, text: text, out: nums}
	d := dateScan{p: p, text: text, out: dates, first: len(dates)}
	var room [4]reading
	for i := 0; i < len(text); {
		r, size := decode(text, i)
		if isWordRune(r) {
			start, end := p.nextWord(text, i)
			found := p.readings(room[:0], n.buf[:], text[start:end])
			n.word(found, start, end)
			d.word(found, start, end)
			i = end
			continue
		}
		if _, digit := DigitValue(r); digit {
			n.flush()
			d.figures(i)
			i = n.figures(i)
			continue
		}
		if r != ' ' && r != '-' && r != 0x00A0 && r != 0x202F && r != '‑' {
			n.flush()
		}
		i += size
	}
	n.flush()
	return n.out, d.out
}
