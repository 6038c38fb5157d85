package edition

// CutInTwo gives a target and a new one, whose segment follows it, what they
// say now that the segment of the first was cut in two. What is said stays as
// it was: the first says both where it has words, and a group that it stood in
// has one more; one that was left out is left out with both, and one without
// words leaves two without. all are the targets of the edition with the
// positions that they have now, without the second. It returns which of them
// changed besides the two.
func CutInTwo(all []*Target, first, second *Target) (changed []*Target) {
	second.State = Initial
	switch {
	case first.Joined == 0 && first.Omitted != "":
		second.Omitted, second.State = first.Omitted, first.State
		second.ApprovedBy = first.ApprovedBy // the reason was given for both
		return nil
	case first.Joined == 0 && first.Standing.ID == 0:
		return nil
	}
	head := first
	for _, t := range all {
		if t.Position == first.Head() {
			head = t
		}
	}
	for _, t := range all {
		if t.Position > second.Position && t.Merged() && t.Head()-1 == head.Position {
			t.Joined--
			changed = append(changed, t)
		}
	}
	head.Joined++
	if head != first {
		changed = append(changed, head)
	}
	second.Joined, second.Omitted, second.State = head.Position-second.Position, MergedReason, Reviewed
	if head.State == Final {
		second.State = Final
	}
	return changed
}
