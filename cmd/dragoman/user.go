package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"dragoman/internal/edition"
	"dragoman/internal/store"
	"dragoman/locales"
)

// roles are what a user may be, each including those before it, but for the
// terminologist, who keeps the glossary.
var roles = []string{"viewer", "translator", "reviewer", "terminologist", "publisher", "admin"}

func newUserCommand(g *globals) *cobra.Command {
	c := &cobra.Command{Use: "user", Short: "Add and list the desk's users", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(newUserAdd(g), newUserLink(g), newUserList(g))
	return c
}

func newUserAdd(g *globals) *cobra.Command {
	var role string
	var locs []string
	c := &cobra.Command{
		Use:   "add NAME",
		Short: "Add a user, or change one's role and locales",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			name := strings.TrimSpace(args[0])
			if name == "" || len(name) > 80 || strings.ContainsAny(name, "\n\t/") || name == edition.Machine {
				return usagef("%q cannot be a user's name: take one of at most 80 letters", args[0])
			}
			if !slices.Contains(roles, role) {
				return usagef("%q is no role: one of %s", role, strings.Join(roles, ", "))
			}
			for _, l := range locs {
				if _, err := locales.Get(l); err != nil {
					return usageError{err}
				}
			}
			return g.withApp(c.Context(), func(a *app) error {
				by, err := a.person(c.Context())
				if err != nil {
					return err
				}
				p := edition.Person{Name: name, Role: role, Locales: locs}
				if err := a.store.InTx(c.Context(), func(tx *store.Tx) error { return tx.SavePerson(c.Context(), &p, by.Name) }); err != nil {
					return err
				}
				fmt.Fprintf(a.stdout, "%s is a %s. A link to sign in with: `dragoman user link %s`.\n", name, role, name)
				return nil
			})
		},
	}
	c.Flags().StringVar(&role, "role", "reviewer", "`ROLE`: "+strings.Join(roles, ", "))
	c.Flags().StringSliceVar(&locs, "locales", nil, "the `LOCALES` that the role holds for (all)")
	return c
}

func newUserLink(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "link NAME",
		Short: "Print a one-time link for a user to sign in to the desk with",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return g.withApp(c.Context(), func(a *app) error {
				p, err := a.store.Person(c.Context(), args[0])
				if err != nil {
					return err
				}
				link, err := a.signInLink(c.Context(), p, a.deskURL(a.cfg.Desk.Listen))
				if err != nil {
					return err
				}
				fmt.Fprintln(a.stdout, link)
				return nil
			})
		},
	}
}

func newUserList(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the users",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return g.withApp(c.Context(), func(a *app) error {
				people, err := a.store.People(c.Context())
				if err != nil {
					return err
				}
				if asJSON {
					enc := json.NewEncoder(a.stdout)
					for _, p := range people {
						if err := enc.Encode(map[string]any{"name": p.Name, "role": p.Role, "locales": p.Locales, "disabled": p.Disabled}); err != nil {
							return err
						}
					}
					return nil
				}
				tw := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
				fmt.Fprintln(tw, "NAME\tROLE\tLOCALES")
				for _, p := range people {
					fmt.Fprintf(tw, "%s\t%s\t%s\n", p.Name, p.Role, strings.Join(p.Locales, ","))
				}
				return tw.Flush()
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a user")
	return c
}
