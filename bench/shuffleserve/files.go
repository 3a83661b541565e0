package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/weft-data/weft/shuffle"
)

const (
	app  = "application_1700000000000_0001"
	user = "bench"
)

// shape is how much of what an application has written.
type shape struct{ maps, reduces, block int }

// write writes map outputs of records of 100 bytes below a local directory.
func (s shape) write(localDir string) error {
	dir := filepath.Join(localDir, "usercache", user, "appcache", app)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	store, err := shuffle.OpenStore(dir)
	if err != nil {
		return err
	}
	defer store.Close()
	for m := range s.maps {
		if err := s.writeMap(store, m); err != nil {
			return fmt.Errorf("write map output %d: %w", m, err)
		}
	}
	return nil
}

func (s shape) writeMap(store *shuffle.Store, m int) error {
	w, err := shuffle.NewWriter(shuffle.WriterConfig{
		Store: store, Map: shuffle.MapID(m), Partitions: s.reduces,
	})
	if err != nil {
		return err
	}
	defer w.Abort()
	key, value := make([]byte, 10), make([]byte, 88) // with two lengths, 100 bytes
	for r := range s.reduces {
		for n := range max(1, s.block/100) {
			copy(key, fmt.Sprintf("%010d", n))
			if err := w.Add(r, key, value); err != nil {
				return err
			}
		}
	}
	_, err = w.Commit()
	return err
}
