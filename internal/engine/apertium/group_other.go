//go:build !unix

package apertium

import "os/exec"

func group(*exec.Cmd) {}

// killGroup ends the shell; its programs end when they find their input closed.
func killGroup(c *exec.Cmd) { _ = c.Process.Kill() }
