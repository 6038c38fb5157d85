package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"dragoman/internal/edition"
	"dragoman/internal/people"
)

func newUserCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use: "user", Short: "Add, list and change the desk's users", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
		Long: "Add, list and change the desk's users.\n\nRoles are written as a role, or as a role and the locales that it holds for:\n  reviewer            in all locales\n  reviewer:ar,fr      in Arabic and French\nA user can hold several. The roles are " + strings.Join(edition.Roles(), ", ") + ".",
	}
	c.AddCommand(newUserAdd(g), newUserRole(g), newUserLink(g), newUserList(g), newUserPassword(g), newUserSessions(g),
		newUserSwitch(g, "disable", "Shut a user out and end their sessions", true), newUserSwitch(g, "enable", "Let a disabled user in again", false))
	return c
}

// withUser opens Dragoman, finds who acts and whom the command is about, and
// calls f.
func (g *globals) withUser(ctx context.Context, name string, f func(a *app, by, p edition.Person, all *people.People) error) error {
	return g.withApp(ctx, func(a *app) error {
		by, err := a.person(ctx)
		if err != nil {
			return err
		}
		all, err := a.people("")
		if err != nil {
			return err
		}
		p, err := a.store.Person(ctx, name)
		if errors.Is(err, edition.ErrNotFound) {
			return fmt.Errorf("there is no user %q: `dragoman user list` names them", name)
		}
		if err != nil {
			return err
		}
		return f(a, by, p, all)
	})
}

// rolesFlag is the flag --role with the older --locales, which limits a role
// that names no locale itself.
type rolesFlag struct{ roles, locales []string }

func (r *rolesFlag) add(c *cobra.Command, standard []string) {
	c.Flags().StringArrayVar(&r.roles, "role", standard, "a `ROLE`, or ROLE:LOCALE,LOCALE; may be given several times")
	c.Flags().StringSliceVar(&r.locales, "locales", nil, "the `LOCALES` of roles that name none (all)")
}

func (r *rolesFlag) grants() ([]edition.Grant, error) {
	gs, err := grants(strings.Join(r.roles, " "))
	if err != nil {
		return nil, usageError{err}
	}
	for i := range gs {
		if len(gs[i].Locales) == 0 {
			gs[i].Locales = r.locales
		}
	}
	if _, err := grants(edition.FormatGrants(gs)); err != nil {
		return nil, usageError{err}
	}
	return gs, nil
}

func newUserAdd(g *globals) *cobra.Command {
	var r rolesFlag
	c := &cobra.Command{
		Use:   "add NAME",
		Short: "Add a user, or change one's roles",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			gs, err := r.grants()
			if err != nil {
				return err
			}
			name, err := people.CheckName(args[0])
			if err != nil {
				return usageError{err}
			}
			return g.withApp(c.Context(), func(a *app) error {
				by, err := a.person(c.Context())
				if err != nil {
					return err
				}
				all, err := a.people("")
				if err != nil {
					return err
				}
				p, err := a.store.Person(c.Context(), name)
				if err == nil {
					p, err = all.SetRoles(c.Context(), by.Name, p.ID, gs)
				} else if errors.Is(err, edition.ErrNotFound) {
					p, err = all.Add(c.Context(), by.Name, name, gs)
				}
				if err != nil {
					return err
				}
				fmt.Fprintf(a.stdout, "%s is %s. A link to sign in with: `dragoman user link %s`.\n", p.Name, spoken(p.Grants), quoted(p.Name))
				return nil
			})
		},
	}
	r.add(c, []string{"reviewer"})
	return c
}

// spoken says roles to a person.
func spoken(gs []edition.Grant) string {
	var parts []string
	for _, g := range gs {
		s := "a " + g.Role
		if strings.HasPrefix(g.Role, "a") {
			s = "an " + g.Role
		}
		if len(g.Locales) > 0 {
			s += " for " + strings.Join(g.Locales, ", ")
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " and ")
}

func quoted(name string) string {
	if strings.ContainsAny(name, " '") {
		return fmt.Sprintf("%q", name)
	}
	return name
}

func newUserRole(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "role NAME ROLE…",
		Short: "Give a user these roles and no others; their sessions end",
		Args:  cobra.MinimumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			gs, err := grants(strings.Join(args[1:], " "))
			if err != nil {
				return usageError{err}
			}
			return g.withUser(c.Context(), args[0], func(a *app, by, p edition.Person, all *people.People) error {
				p, err := all.SetRoles(c.Context(), by.Name, p.ID, gs)
				if err == nil {
					fmt.Fprintf(a.stdout, "%s is %s.\n", p.Name, spoken(p.Grants))
				}
				return err
			})
		},
	}
}

func newUserSwitch(g *globals, name, short string, out bool) *cobra.Command {
	return &cobra.Command{
		Use: name + " NAME", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return g.withUser(c.Context(), args[0], func(a *app, by, p edition.Person, all *people.People) error {
				p, err := all.Disable(c.Context(), by.Name, p.ID, out)
				if err == nil {
					fmt.Fprintf(a.stdout, "%s is %sd.\n", p.Name, name)
				}
				return err
			})
		},
	}
}

func newUserLink(g *globals) *cobra.Command {
	life := people.ShortLinkLife
	c := &cobra.Command{
		Use:   "link NAME",
		Short: "Print a one-time link for a user to sign in to the desk with",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if life <= 0 || life > 7*24*time.Hour {
				return usagef("--for %v: a link lasts from a moment to seven days (168h)", life)
			}
			return g.withUser(c.Context(), args[0], func(a *app, by, p edition.Person, all *people.People) error {
				token, err := all.Link(c.Context(), by.Name, p.ID, life)
				if err == nil {
					fmt.Fprintln(a.stdout, signInURL(a.deskURL(a.cfg.Desk.Listen), token))
				}
				return err
			})
		},
	}
	c.Flags().DurationVar(&life, "for", life, "how `LONG` the link lasts, such as 24h")
	return c
}

// accountJSON is a user as `user list --json` prints them. Role and locales
// say the roles in a word.
type accountJSON struct {
	Name     string     `json:"name"`
	Role     string     `json:"role"`
	Locales  []string   `json:"locales"`
	Roles    string     `json:"roles"`
	Disabled bool       `json:"disabled"`
	Password bool       `json:"password"`
	Provider string     `json:"provider,omitempty"`
	SignedIn *time.Time `json:"signed_in,omitempty"`
	Sessions int        `json:"sessions"`
}

func newUserList(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the users",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return g.withApp(c.Context(), func(a *app) error {
				all, err := a.store.Accounts(c.Context(), 0)
				if err != nil {
					return err
				}
				if asJSON {
					return accountLines(a.stdout, all)
				}
				tw := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
				fmt.Fprintln(tw, "NAME\tROLES\tSIGNED IN\tSESSIONS\tSTATE")
				for _, p := range all {
					fmt.Fprintf(tw, "%s\t%s\t%s\t%d\t%s\n", p.Name, edition.FormatGrants(p.Grants), stamp(p.SignedIn), p.Sessions, accountState(p))
				}
				return tw.Flush()
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a user")
	return c
}

func accountLines(w io.Writer, all []edition.Account) error {
	enc := json.NewEncoder(w)
	for _, p := range all {
		line := accountJSON{
			Name: p.Name, Role: p.Role, Locales: p.Locales, Roles: edition.FormatGrants(p.Grants), Disabled: p.Disabled,
			Password: p.HasPassword, Provider: p.Issuer, Sessions: p.Sessions,
		}
		if !p.SignedIn.IsZero() {
			line.SignedIn = &p.SignedIn
		}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Local().Format("2006-01-02 15:04")
}

func accountState(p edition.Account) string {
	switch {
	case p.Disabled:
		return "disabled"
	case p.Issuer != "":
		return "provider"
	case p.HasPassword:
		return "password"
	default:
		return "link only"
	}
}

func newUserPassword(g *globals) *cobra.Command {
	var drop bool
	c := &cobra.Command{
		Use:   "password NAME",
		Short: "Set a user's password, read as one line from standard input; their sessions end",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return g.withUser(c.Context(), args[0], func(a *app, by, p edition.Person, all *people.People) error {
				password := ""
				if !drop {
					var err error
					if password, err = a.readPassword(c.InOrStdin()); err != nil {
						return err
					}
				}
				if _, err := all.SetPassword(c.Context(), by.Name, p.ID, password); err != nil {
					return err
				}
				if drop {
					fmt.Fprintf(a.stdout, "%s has no password any more.\n", p.Name)
				} else {
					fmt.Fprintf(a.stdout, "%s has a new password and is signed out everywhere.\n", p.Name)
				}
				return nil
			})
		},
	}
	c.Flags().BoolVar(&drop, "drop", false, "take the password away; links and the provider still work")
	return c
}

// maxPassword bounds the line that a password is read from, in bytes.
const maxPassword = 4096

// readPassword reads a password without showing it where a person sits at a
// terminal, twice against a slip of the finger; else one line.
func (a *app) readPassword(in io.Reader) (string, error) {
	if f, ok := in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return a.askPassword(func(prompt string) ([]byte, error) {
			fmt.Fprint(a.stderr, prompt)
			typed, err := term.ReadPassword(int(f.Fd()))
			fmt.Fprintln(a.stderr)
			return typed, err
		})
	}
	line, err := bufio.NewReader(io.LimitReader(in, maxPassword)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", usagef("no password was given: type it, or pipe it to the command")
	}
	return line, nil
}

// askPassword asks for a password twice; ask shows a prompt and gives what was
// typed.
func (a *app) askPassword(ask func(prompt string) ([]byte, error)) (string, error) {
	first, err := ask("New password (it does not show as you type): ")
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	if len(first) == 0 {
		return "", usagef("no password was given: type it, or pipe it to the command")
	}
	again, err := ask("The same again: ")
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	if string(first) != string(again) {
		return "", usagef("the two are not the same: the password stays as it was")
	}
	return string(first), nil
}

func newUserSessions(g *globals) *cobra.Command {
	var asJSON, end bool
	c := &cobra.Command{
		Use:   "sessions NAME",
		Short: "List where a user is signed in, or sign them out everywhere",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return g.withUser(c.Context(), args[0], func(a *app, by, p edition.Person, all *people.People) error {
				if end {
					if _, err := all.SignOut(c.Context(), by.Name, p.ID, ""); err != nil {
						return err
					}
					fmt.Fprintf(a.stdout, "%s is signed out everywhere.\n", p.Name)
					return nil
				}
				kept, err := all.SessionsOf(c.Context(), p.ID)
				if err != nil {
					return err
				}
				return printSessions(a.stdout, kept, asJSON)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a session")
	c.Flags().BoolVar(&end, "end", false, "end all of them, and the user's one-time links")
	return c
}

func printSessions(w io.Writer, kept []edition.Session, asJSON bool) error {
	enc := json.NewEncoder(w)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if !asJSON {
		fmt.Fprintln(tw, "BROWSER\tFROM\tBY\tENDS AT THE LATEST")
	}
	for _, k := range kept {
		var s struct {
			Deadline time.Time `json:"deadline"`
			Values   struct {
				Agent string `json:"agent"`
				From  string `json:"from"`
				How   string `json:"how"`
			} `json:"values"`
		}
		if json.Unmarshal(k.Data, &s) != nil {
			continue
		}
		if !asJSON {
			fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", s.Values.Agent, s.Values.From, s.Values.How, stamp(s.Deadline))
			continue
		}
		if err := enc.Encode(map[string]any{"browser": s.Values.Agent, "from": s.Values.From, "by": s.Values.How, "ends": s.Deadline, "idle_end": k.Ends}); err != nil {
			return err
		}
	}
	return tw.Flush()
}
