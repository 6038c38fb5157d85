package segment_test

import (
	"fmt"

	"dragoman/content/segment"
)

func ExampleSplit() {
	const text = "Dr. Smith left the U.S. at 5 p.m. Monday. “Why?” he was asked. He did not say."
	for _, s := range segment.Split("en", text) {
		fmt.Println(text[s.Start:s.End])
	}
	// Output:
	// Dr. Smith left the U.S. at 5 p.m. Monday.
	// “Why?” he was asked.
	// He did not say.
}
