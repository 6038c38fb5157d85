package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"dragoman/content/segment"
	"dragoman/locales"
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
			if _, err := locales.Get(locale); err != nil {
				return usageError{err}
			}
			if len(args) == 0 || args[0] == "-" {
				return segment.Write(g.stdout, g.stdin, locale, asJSON)
			}
			f, err := openFile("text", args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			if err := segment.Write(g.stdout, f, locale, asJSON); err != nil {
				return fmt.Errorf("text %s: %w", args[0], err)
			}
			return nil
		},
	}
	c.Flags().StringVar(&locale, "locale", "en", "`LOCALE` of the text")
	c.Flags().BoolVar(&asJSON, "json", false, `print one JSON object a segment, with byte offsets: {"index":0,"start":0,"end":42,"text":"…"}`)
	return c
}
