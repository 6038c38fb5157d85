//go:build unix

package apertium

import (
	"os/exec"
	"syscall"
)

// group gives the shell and the programs of its pipeline a group of their own.
func group(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup ends them all.
func killGroup(c *exec.Cmd) { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
