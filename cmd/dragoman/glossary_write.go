package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// writeWhole writes a file whole or not at all: what write writes goes to a
// file beside it, which takes the place of path only when all of it is on the
// disk.
func writeWhole(path string, write func(io.Writer) error) (err error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is a folder or a device: name a file to write to", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".dragoman-*")
	if err != nil {
		return fileError("writing", path, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close() // may be closed already; the first error counts
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := errors.Join(f.Chmod(modeOf(path)), f.Sync()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// modeOf is the mode that a file has, or that a new one gets.
func modeOf(path string) os.FileMode {
	if info, err := os.Stat(path); err == nil {
		return info.Mode().Perm()
	}
	return 0o644
}
