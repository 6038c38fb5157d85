//go:build unix

package publish

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

func TestReadOnlyDirectory(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("/tmp", "publish-test-") // where a stranger can come
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(dir, 0o755); os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	var message string
	if os.Geteuid() == 0 {
		// Modes do not bind root: somebody else has to try.
		message = again(t, "stranger", dir, func(c *exec.Cmd) {
			c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		})
	} else {
		w, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Write("ar/x.html", []byte("new"))
		message = fmt.Sprint(err)
	}
	for _, s := range []string{dir, "does not let this user write", "choose another output directory"} {
		if !strings.Contains(message, s) {
			t.Errorf("%q does not say %q", message, s)
		}
	}
}
