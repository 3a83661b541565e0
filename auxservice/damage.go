package auxservice

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"syscall"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// errDamaged says that a database's content makes no sense.
var errDamaged = errors.New("the database is damaged")

// damaged tells a database that makes no sense from one that cannot be reached.
func damaged(err error) error {
	var file *fs.PathError
	var system syscall.Errno
	if err == nil || errors.As(err, &file) || errors.As(err, &system) ||
		errors.Is(err, bolterrors.ErrTimeout) {
		return err
	}
	return fmt.Errorf("%w: %w", errDamaged, err)
}

// guarded calls f, and makes an error of what a damaged file does to bbolt: it believes what the
// pages say, and reads them through memory that ends where the file does.
func guarded(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errDamaged, p)
		}
	}()
	return f()
}

// abandon closes a database that may be damaged.
func abandon(db *bbolt.DB) {
	_ = guarded(db.Close) // there is nothing to lose
}

// readAll reads everything once, to find damage while there is somebody to tell.
func readAll(tx *bbolt.Tx) error {
	for _, name := range [][]byte{applicationsBucket, serviceBucket} {
		b := tx.Bucket(name)
		if b == nil {
			continue
		}
		if err := b.ForEach(func(_, _ []byte) error { return nil }); err != nil {
			return damaged(err)
		}
	}
	return nil
}
