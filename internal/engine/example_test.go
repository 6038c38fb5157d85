package engine_test

import (
	"context"
	"fmt"

	"dragoman/internal/engine"
	_ "dragoman/internal/engine/all"
)

// An engine is opened from its settings and asked for the sentences of a
// document; each reply stands for itself.
func Example() {
	e, err := engine.Open(engine.Settings{Kind: "pseudo"}, engine.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	replies, err := e.Translate(context.Background(), engine.Request{
		Source: "en", Target: "ru",
		Segments: []engine.Segment{{Text: "The ⟦1⟧Coalition⟦/1⟧ met 3 times."}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range replies {
		fmt.Println(r.Text, r.Err)
	}
	// Output: [Тхее ⟦1⟧Цоаалитиион⟦/1⟧ меет 3 тиимеес.] <nil>
}
