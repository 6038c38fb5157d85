package storetest

import (
	"errors"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// asOther lets the server run as another user where the tests run as root,
// whom it refuses, and gives that user the folder.
func asOther(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGINT}
	if os.Geteuid() != 0 {
		return attr, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return attr, os.Chown(dir, uid, gid)
	}
	return nil, errors.New("no user to run PostgreSQL as: the tests run as root, and there is no user postgres or nobody")
}
