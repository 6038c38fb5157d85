package pipeline

import (
	"context"
	"fmt"

	"dragoman/glossary"
	"dragoman/internal/edition"
)

// Starter is what a fresh database begins with.
type Starter struct {
	// Concepts are the glossary, read from GlossaryFrom.
	Concepts     []glossary.Concept
	GlossaryFrom string
	// Memory gives the approved pairs of the starter memory.
	Memory func() ([]edition.MemoryEntry, error)
}

// starterMemory is the setting that says that the starter memory is in.
const starterMemory = "starter memory"

// settingReader is what Setup needs beside a Store.
type settingReader interface {
	Setting(ctx context.Context, name string) (string, error)
}

// Setup gives a fresh database its glossary and memory, each in one
// transaction, and reports whether there was anything to do. A database that
// has a glossary or memory is left as it is.
func Setup(ctx context.Context, s Store, settings settingReader, st Starter) (done bool, err error) {
	version, err := s.GlossaryVersion(ctx)
	if err != nil {
		return false, err
	}
	if version == 0 && len(st.Concepts) > 0 {
		done = true
		err := s.InTx(ctx, func(tx Tx) error {
			if err := tx.LockGlossary(ctx); err != nil {
				return err
			}
			if v, err := tx.GlossaryVersion(ctx); err != nil || v != 0 {
				return err // another process was first
			}
			_, err := tx.SaveGlossary(ctx, st.Concepts, edition.Machine, "starter glossary from "+st.GlossaryFrom, "")
			return err
		})
		if err != nil {
			return done, fmt.Errorf("load the starter glossary: %w", err)
		}
	}
	have, err := settings.Setting(ctx, starterMemory)
	if err != nil || have != "" || st.Memory == nil {
		return done, err
	}
	pairs, err := st.Memory()
	if err != nil {
		return done, fmt.Errorf("load the starter memory: %w", err)
	}
	err = s.InTx(ctx, func(tx Tx) error {
		if first, err := tx.ClaimSetting(ctx, starterMemory, "loaded"); err != nil || !first {
			return err
		}
		return tx.Remember(ctx, pairs)
	})
	if err != nil {
		return done, fmt.Errorf("load the starter memory: %w", err)
	}
	return true, nil
}
