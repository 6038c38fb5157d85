// Package people keeps the accounts of those who work at the desk: who they
// are, what they may do, and how they sign in, by a password, a one-time link
// or a provider of sign-ins (OpenID Connect). It decides; the database keeps.
// Every change is made under somebody's name and stands in the audit log.
//
//	p := people.New(people.Bind(store), people.Options{})
//	who, err := p.SignInWithPassword(ctx, "Lina", "five words that she knows")
package people
