// Package storetest gives tests a database: an SQLite file that needs no
// waiting for the disk, or a real PostgreSQL server that it starts itself
// where the server's programs are installed.
package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// server is the one PostgreSQL server of a test program.
var server struct {
	once sync.Once
	url  string // of the maintenance database
	err  error
	cmd  *exec.Cmd
	dir  string
	next atomic.Int64
}

var errNoServer = errors.New("PostgreSQL's server programs (initdb, postgres) are not installed; on Debian: apt-get install postgresql")

// Main runs a package's tests and stops the server that they started.
func Main(m *testing.M) int {
	defer stop()
	return m.Run()
}

func stop() {
	if server.cmd != nil {
		_ = server.cmd.Process.Signal(syscall.SIGINT) // fast shutdown; what is left of it goes with the folder
		_ = server.cmd.Wait()
	}
	if server.dir != "" {
		os.RemoveAll(server.dir)
	}
}

// Postgres returns the URL of a new, empty database, or skips the test where
// PostgreSQL is not installed.
func Postgres(t testing.TB) string {
	t.Helper()
	server.once.Do(start)
	if errors.Is(server.err, errNoServer) {
		if os.Getenv("CI") != "" {
			t.Fatal(server.err)
		}
		t.Skip("skipped: " + server.err.Error())
	}
	if server.err != nil {
		t.Fatal(server.err)
	}
	db, err := sql.Open("pgx", server.url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	name := fmt.Sprintf("test%d", server.next.Add(1))
	if _, err := db.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	return strings.Replace(server.url, "/postgres?", "/"+name+"?", 1)
}

func start() {
	bin, err := programs()
	if err != nil {
		server.err = err
		return
	}
	server.err = launch(bin)
}

// programs finds the folder of initdb and postgres.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", errNoServer
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), nil
}

func launch(bin string) error {
	var err error
	if server.dir, err = os.MkdirTemp("", "dragoman-postgres"); err != nil {
		return err
	}
	attr, err := asOther(server.dir)
	if err != nil {
		return err
	}
	data := filepath.Join(server.dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8")
	initdb.SysProcAttr = attr
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	server.cmd = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-p", strconv.Itoa(port), "-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories="+server.dir, "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "max_connections=200")
	server.cmd.SysProcAttr = attr
	if err := server.cmd.Start(); err != nil {
		return err
	}
	server.url = fmt.Sprintf("postgres://tester@127.0.0.1:%d/postgres?sslmode=disable", port)
	return ready(server.url)
}

func freePort() (int, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port, nil
}

// ready waits until the server answers.
func ready(url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	db, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	defer db.Close()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL did not start: %w", err)
		case <-tick.C:
		}
	}
}
