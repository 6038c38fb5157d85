package glossary

import "sync"

// maxKept bounds what a kept holds: a change of a whole glossary has a few
// terms for each concept.
const maxKept = 1 << 14

// kept remembers what was worked out for a key, for as many keys as maxKept. It
// is safe for concurrent use, and its values must not be changed.
type kept[K comparable, V any] struct {
	mu    sync.RWMutex
	known map[K]V
}

func (k *kept[K, V]) get(key K) (V, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	v, ok := k.known[key]
	return v, ok
}

func (k *kept[K, V]) put(key K, v V) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known == nil {
		k.known = map[K]V{}
	}
	if len(k.known) < maxKept {
		k.known[key] = v
	}
}
