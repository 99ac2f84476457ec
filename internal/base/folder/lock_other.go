//go:build !windows

package folder

import (
	"errors"
	"os"
	"syscall"
)

// tryLock locks the file for this process, or tells that another one holds it. The lock ends with the process.
func tryLock(file *os.File) (held bool, err error) {
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}
