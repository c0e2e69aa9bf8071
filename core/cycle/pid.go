package cycle

import (
	"os"
	"strconv"

	"moongate/core/errlog"
)

// openPid makes sure that the pid file could be written, without writing it.
func (b *Builder) openPid() error {
	f, err := os.OpenFile(b.Core.Pid.V, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		b.Log.Emerg(err, `open() "%s" failed`, b.Core.Pid.V)
		return ErrRefused
	}
	f.Close()
	return nil
}

// WritePid writes the pid of this process (ngx_create_pidfile).
func WritePid(name string, log *errlog.Log) error {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		log.Emerg(err, `open() "%s" failed`, name)
		return ErrRefused
	}
	defer f.Close()
	if _, err := f.WriteString(strconv.Itoa(os.Getpid()) + "\n"); err != nil {
		log.Crit(err, `pwrite() "%s" failed`, name)
		return ErrRefused
	}
	return nil
}

// DeletePid removes a pid file (ngx_delete_pidfile).
func DeletePid(name string, log *errlog.Log) {
	if err := os.Remove(name); err != nil {
		log.Alert(err, `unlink() "%s" failed`, name)
	}
}
