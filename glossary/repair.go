package glossary

type swap struct{}
type recasting struct{}

func (t *target) respell(r *reader, n *need, m *match) *Fix { return nil }
func (t *target) correct(r *reader, n *need, m *match) *Fix { return nil }
func (*arabic) recast(*swap) (recasting, bool)              { return recasting{}, false }
func (*turkish) recast(*swap) (recasting, bool)             { return recasting{}, false }
func (*slavic) recast(*swap) (recasting, bool)              { return recasting{}, false }
func (*romance) recast(*swap) (recasting, bool)             { return recasting{}, false }
func (*kurdish) recast(*swap) (recasting, bool)             { return recasting{}, false }
