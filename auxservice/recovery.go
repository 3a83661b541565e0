package auxservice

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
)

// recovery is what outlives a restart: applications with their secrets, and the data port, in a
// bbolt database. Nothing in it is needed to serve: where it cannot be read or written the service
// goes on without, says so, and after a restart an application's reads fail until its NodeManager
// starts it again, or its map tasks run again.
type recovery struct {
	db       *bbolt.DB // nil: nothing is kept
	readOnly bool
}

const (
	databaseName = "weft-shuffled.db"
	// lockTime is how long a predecessor that is being killed may still hold the database.
	lockTime = 2 * time.Second
)

// openRecovery opens the database in dir. There is always a recovery that works; the error says
// what it lacks. A damaged database is moved aside, and a new one begun.
func openRecovery(dir string) (*recovery, error) {
	if dir == "" {
		return &recovery{}, nil
	}
	path := filepath.Join(dir, databaseName)
	db, err := openDatabase(path)
	switch {
	case err == nil:
		return &recovery{db: db}, nil
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS):
		return openReadOnly(path, err)
	case errors.Is(err, errDamaged):
		return startAnew(path, err)
	}
	return &recovery{}, fmt.Errorf("open %s: %w: secrets will not survive a restart", path, err)
}

// openDatabase opens a database and sees whether it can be read.
func openDatabase(path string) (*bbolt.DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if err := os.Chmod(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	var db *bbolt.DB
	err := guarded(func() (err error) {
		db, err = bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockTime})
		if err != nil {
			return damaged(err)
		}
		return db.Update(func(tx *bbolt.Tx) error {
			_, err := tx.CreateBucketIfNotExists(applicationsBucket)
			if err != nil {
				return damaged(err)
			}
			if _, err = tx.CreateBucketIfNotExists(serviceBucket); err != nil {
				return damaged(err)
			}
			return readAll(tx)
		})
	})
	if err != nil && db != nil {
		abandon(db)
	}
	return db, err
}

// openReadOnly reads what is there where nothing can be written.
func openReadOnly(path string, cause error) (*recovery, error) {
	r := &recovery{readOnly: true}
	cause = fmt.Errorf("write %s: %w: secrets of new applications will not survive a restart", path,
		cause)
	err := guarded(func() (err error) {
		r.db, err = bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockTime, ReadOnly: true})
		if err != nil {
			return err
		}
		return r.db.View(readAll)
	})
	if err != nil {
		return &recovery{}, cause
	}
	return r, cause
}

// startAnew moves a damaged database aside.
func startAnew(path string, cause error) (*recovery, error) {
	aside := path + ".damaged"
	if err := os.Rename(path, aside); err != nil {
		return &recovery{}, fmt.Errorf("%s: %w; moving it aside failed too: %w", path, cause, err)
	}
	cause = fmt.Errorf("%s: %w: moved to %s, and begun anew without the applications in it", path,
		cause, aside)
	db, err := openDatabase(path)
	if err != nil {
		return &recovery{}, errors.Join(cause, err)
	}
	return &recovery{db: db}, cause
}

// kept reports whether changes are kept.
func (r *recovery) kept() bool { return r.db != nil && !r.readOnly }

func (r *recovery) close() error {
	if r.db == nil {
		return nil
	}
	return guarded(r.db.Close)
}
