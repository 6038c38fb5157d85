//go:build unix

package publish

import "syscall"

// fullDisk are the errors of a disk, or a user's share of it, that is full.
var fullDisk = []error{syscall.ENOSPC, syscall.EDQUOT}
