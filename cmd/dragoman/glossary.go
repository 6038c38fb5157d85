package main

import (
	"github.com/spf13/cobra"
)

func newGlossaryCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "glossary",
		Short: "Find terms, prove them in translations, and look after the glossary",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	return c
}
