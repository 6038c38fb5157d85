package memory
import "testing"
func TestDbg(t *testing.T){
 for _, n := range []int{100000, 1000000} {
	w := newWriter(42, 20_000, n/20)
	ix := NewIndex(Options{})
	es := make([]Entry, 0, 1000)
	for i := range n {
		es = append(es, Entry{ID: int64(i + 1), Locale: "ar", Source: w.sentence(), Target: "x"})
		if len(es) == cap(es) { ix.AddAll(es); es = es[:0] }
	}
	c := ix.core.Load()
	pd, pc, tok := 0, 0, 0
	for _, p := range c.postings { pd += len(p.data); pc += cap(p.data) }
	for r:=uint32(1); r<uint32(c.sources.n); r++ { tok += len(c.terms(nil, r)) }
	ar := 0
	for _, b := range c.arena.blocks { ar += len(b) }
	st := ix.Stats()
	t.Logf("n %d src %d vocab %d postings len %d cap %d tokens %d arena %d text %d byKey %d byID %d bytes %d per %f", n, c.sources.n, len(c.dict.class), pd, pc, tok, ar, st.TextBytes, len(c.byKey.slots), len(c.byID.slots), st.Bytes, float64(st.Bytes-st.TextBytes)/float64(n))
 }
}
