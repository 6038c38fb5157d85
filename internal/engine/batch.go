package engine

// Batch cuts the segments of given sizes into runs that fit l, in order, none
// split and none left out: it gives the runs as indexes into sizes. A segment
// that alone is over the limits is in no run but in tooLong. The runs are
// filled greedily, so their number is the least that keeps the order.
func Batch(sizes []Size, l Limits) (runs [][]int, tooLong []int) {
	var run []int
	var sum Size
	for i, s := range sizes {
		if l.exceededBy(s) {
			tooLong = append(tooLong, i)
			continue
		}
		next := Size{CodePoints: sum.CodePoints + s.CodePoints, Bytes: sum.Bytes + s.Bytes}
		if len(run) > 0 && l.full(len(run)+1, next) {
			runs = append(runs, run)
			run, next = nil, s
		}
		run, sum = append(run, i), next
	}
	if len(run) > 0 {
		runs = append(runs, run)
	}
	return runs, tooLong
}

// exceededBy reports whether s is more than one request may hold.
func (l Limits) exceededBy(s Size) bool {
	return l.CodePoints > 0 && s.CodePoints > l.CodePoints || l.Bytes > 0 && s.Bytes > l.Bytes
}

// full reports whether several items of that size together are too much.
func (l Limits) full(items int, s Size) bool {
	return l.Items > 0 && items > l.Items || l.Recommended > 0 && s.CodePoints > l.Recommended || l.exceededBy(s)
}
