package auxservice

import (
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/weft-data/weft/shuffle"
)

// The database's buckets, with the sizes of their fields in bytes:
//
//	applications: id ─▶ version 1 │ secret 32 │ user
//	service:      port ─▶ port 2, big endian
var (
	applicationsBucket = []byte("applications")
	serviceBucket      = []byte("service")
	portKey            = []byte("port")
)

const recordVersion = 1

// load returns what is kept: nothing where it cannot be read. Records that make no sense are left
// out.
func (r *recovery) load() (apps []application, port int) {
	if r.db == nil {
		return nil, 0
	}
	err := guarded(func() error {
		return r.db.View(func(tx *bbolt.Tx) (err error) {
			port = loadPort(tx)
			apps, err = loadApplications(tx)
			return err
		})
	})
	if err != nil {
		return nil, 0
	}
	return apps, port
}

// loadPort returns 0 where none is kept.
func loadPort(tx *bbolt.Tx) int {
	b := tx.Bucket(serviceBucket)
	if b == nil {
		return 0
	}
	v := b.Get(portKey)
	if len(v) != 2 {
		return 0
	}
	return int(binary.BigEndian.Uint16(v))
}

func loadApplications(tx *bbolt.Tx) (apps []application, err error) {
	b := tx.Bucket(applicationsBucket)
	if b == nil {
		return nil, nil
	}
	err = b.ForEach(func(k, v []byte) error {
		if app, err := decodeApplication(k, v); err == nil {
			apps = append(apps, app)
		}
		return nil
	})
	return apps, err
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
