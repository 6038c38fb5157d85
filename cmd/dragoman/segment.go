package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"dragoman/content/segment"
)

func newSegmentCommand(g *globals) *cobra.Command {
	var locale string
	var asJSON bool
	c := &cobra.Command{
		Use:     "segment [FILE]",
		Short:   "Cut plain text into sentences, one a line",
		Example: "  dragoman segment --locale ar release.txt\n  echo 'Dr. Smith left. He was late.' | dragoman segment --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			var in io.Reader = g.stdin
			if len(args) == 1 && args[0] != "-" {
				f, err := os.Open(args[0])
				if err != nil {
					return fmt.Errorf("%w: give a plain-text file that can be read", err)
				}
				defer f.Close()
				in = f
			}
			return segment.Write(g.stdout, in, locale, asJSON)
		},
	}
	c.Flags().StringVar(&locale, "locale", "en", "`LOCALE` of the text")
	c.Flags().BoolVar(&asJSON, "json", false, `print one JSON object a segment, with byte offsets: {"index":0,"start":0,"end":42,"text":"…"}`)
	return c
}
