package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dragoman/internal/edition"
)

// checkArgs makes a wrong number of arguments a usage error, which says what
// the command takes.
func checkArgs(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if check(c, args) != nil {
				return wrongArgs(c, args)
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		checkArgs(sub)
	}
}

func wrongArgs(c *cobra.Command, args []string) error {
	if c.HasAvailableSubCommands() && len(args) > 0 {
		return usagef("`%s` has no command %q: `%s --help` lists them", c.CommandPath(), args[0], c.CommandPath())
	}
	_, takes, _ := strings.Cut(c.Use, " ")
	given := "nothing"
	if len(args) > 0 {
		given = strings.Trim(fmt.Sprintf("%q", args), "[]")
	}
	return usagef("`%s` takes %s, and was given %s: see `%s --help`", c.CommandPath(), cmp.Or(takes, "flags only"), given, c.CommandPath())
}

// kinds are what the values of flags have to be, by pflag's names.
var kinds = map[string]string{
	"int": "a whole number", "int64": "a whole number", "float64": "a number", "bool": "true or false", "duration": "a time such as 30s or 5m",
}

// wrongFlag makes a usage error of what pflag says of a flag.
func wrongFlag(c *cobra.Command, err error) error {
	var value *pflag.InvalidValueError
	if errors.As(err, &value) {
		if kind, ok := kinds[value.GetFlag().Value.Type()]; ok {
			return usagef("--%s %s: it takes %s: see `%s --help`", value.GetFlag().Name, value.GetValue(), kind, c.CommandPath())
		}
	}
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		dashes := "--"
		if unknown.GetSpecifiedShortnames() != "" {
			dashes = "-"
		}
		return usagef("`%s` has no flag %s: `%s --help` lists them", c.CommandPath(), dashes+unknown.GetSpecifiedName(), c.CommandPath())
	}
	return usageError{fmt.Errorf("%w: see `%s --help`", err, c.CommandPath())}
}

// listed writes names one after the other.
func listed[T ~string](names []T) string {
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = string(n)
	}
	return strings.Join(parts, ", ")
}

// notThere says in plain words that the thing with a number ("batch", 99) is
// not there, and where its kind is listed.
func notThere(what string, id int64, list string, err error) error {
	if errors.Is(err, edition.ErrNotFound) && strings.HasPrefix(err.Error(), fmt.Sprintf("%s %d: ", what, id)) {
		return fmt.Errorf("there is no %s %d: `%s` lists them", what, id, list)
	}
	return err
}
