//go:build !linux

package storetest

import "syscall"

// asOther leaves the server running as the user who tests.
func asOther(string) (*syscall.SysProcAttr, error) { return &syscall.SysProcAttr{}, nil }
