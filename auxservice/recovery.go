package auxservice

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/weft-data/weft/shuffle"
)

// recovery is what outlives a restart: applications with their secrets, and the data port, in a
// bbolt database. Nothing in it is needed to serve: where it cannot be read or written the service
// goes on without, says so, and after a restart an application's reads fail until its NodeManager
// starts it again, or its map tasks run again.
//
//	bucket "applications": id ─▶ version 1 │ secret 32 │ user
//	bucket "service":      "port" ─▶ port 2, big endian
type recovery struct {
	db       *bbolt.DB // nil: nothing is kept
	readOnly bool
}

const (
	databaseName  = "weft-shuffled.db"
	recordVersion = 1
	// lockTime is how long a predecessor that is being killed may still hold the database.
	lockTime = 2 * time.Second
)

var (
	applicationsBucket = []byte("applications")
	serviceBucket      = []byte("service")
	portKey            = []byte("port")
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

// load returns the applications that are kept. Records that make no sense are left out.
func (r *recovery) load() (apps []application, port int) {
	if r.db == nil {
		return nil, 0
	}
	err := guarded(func() error {
		return r.db.View(func(tx *bbolt.Tx) error {
			if b := tx.Bucket(serviceBucket); b != nil {
				if v := b.Get(portKey); len(v) == 2 {
					port = int(binary.BigEndian.Uint16(v))
				}
			}
			b := tx.Bucket(applicationsBucket)
			if b == nil {
				return nil
			}
			return b.ForEach(func(k, v []byte) error {
				if app, err := decodeApplication(k, v); err == nil {
					apps = append(apps, app)
				}
				return nil
			})
		})
	})
	if err != nil {
		return nil, 0
	}
	return apps, port
}

func decodeApplication(k, v []byte) (application, error) {
	if len(v) < 1+shuffle.SecretSize || v[0] != recordVersion {
		return application{}, errDamaged
	}
	return newApplication(&StartApplicationRequest{Application: string(k),
		User: string(v[1+shuffle.SecretSize:]), Data: v[:1+shuffle.SecretSize]})
}

// put keeps an application.
func (r *recovery) put(app application) error {
	v := append([]byte{recordVersion}, app.secret[:]...)
	v = append(v, app.user...)
	return r.update("keep "+app.id, func(tx *bbolt.Tx) error {
		return tx.Bucket(applicationsBucket).Put([]byte(app.id), v)
	})
}

// remove forgets an application.
func (r *recovery) remove(id string) error {
	return r.update("forget "+id, func(tx *bbolt.Tx) error {
		return tx.Bucket(applicationsBucket).Delete([]byte(id))
	})
}

// putPort keeps the data port.
func (r *recovery) putPort(port int) error {
	v := binary.BigEndian.AppendUint16(nil, uint16(port))
	return r.update("keep the port", func(tx *bbolt.Tx) error {
		return tx.Bucket(serviceBucket).Put(portKey, v)
	})
}

// update changes the database, where there is one.
func (r *recovery) update(what string, f func(*bbolt.Tx) error) error {
	if r.db == nil || r.readOnly {
		return nil // openRecovery has said so
	}
	if err := guarded(func() error { return r.db.Update(f) }); err != nil {
		return fmt.Errorf("%s in %s: %w: a restart will not know of it", what, r.db.Path(), err)
	}
	return nil
}

// kept reports whether changes are kept.
func (r *recovery) kept() bool { return r.db != nil && !r.readOnly }

func (r *recovery) close() error {
	if r.db == nil {
		return nil
	}
	return guarded(r.db.Close)
}
