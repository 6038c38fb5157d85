package desk_test

import "dragoman/internal/edition"

// peopleSay are the sentences of the accounts' pages whose names are made at
// run time.
func peopleSay() []string {
	var ids []string
	add := func(prefix string, names ...string) {
		for _, n := range names {
			ids = append(ids, prefix+n)
		}
	}
	add("desk.refusal.", "last-admin", "name", "name-taken", "no-role", "disabled", "password-short", "password-weak", "password-long", "meanwhile", "identity-taken")
	add("desk.users.about.", edition.Roles()...)
	add("desk.users.done.", "roles", "disabled", "enabled", "signed-out", "unlinked")
	add("desk.audit.subject.", "edition", "target", "release", "person", "glossary", "memory", "audit")
	add("desk.audit.by.", "link", "password", "provider")
	add("nav.", "queue", "users", "audit")
	add("desk.act.", "edit", "dismiss", "omit", "sign-in", "sign-in-failed", "sign-in-link", "sign-out", "sign-out-everywhere", "password",
		"user-added", "user-changed", "user-disabled", "user-enabled", "identity-linked", "identity-dropped", "audit-exported")
	return ids
}
