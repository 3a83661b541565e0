package executor

import (
	"errors"
	"os"

	"github.com/weft-data/weft/plan"
	"github.com/weft-data/weft/shuffle"
)

// CacheWriter keeps one partition of a persisted dataset. It belongs to the task that made it.
// The cache is a convenience: where there is no room or the disk fails, the block is given up in
// silence and the task goes on.
type CacheWriter struct {
	cache  *cache
	kept   cached
	out    *shuffle.BlockWriter
	file   *os.File // nil while the block is in memory
	given  bool     // the block was given up
	closed bool
}

// create starts a block.
func (c *cache) create(b block, level plan.Level) (*CacheWriter, error) {
	w := &CacheWriter{cache: c, kept: cached{block: b, level: level}}
	w.out = shuffle.NewBlockWriter(w, shuffle.CodecNone)
	if level == plan.DiskOnly {
		w.open()
	}
	return w, nil
}

// Add appends one record; key and value may be reused at once.
func (w *CacheWriter) Add(key, value []byte) error {
	if w.given {
		return nil
	}
	return w.out.Add(key, value)
}

// Write takes the frames of the block; it is called by the block's own writer.
func (w *CacheWriter) Write(p []byte) (int, error) {
	if !w.given && w.file == nil {
		w.grow(p)
	}
	if w.file == nil || w.given {
		return len(p), nil
	}
	if _, err := w.file.Write(p); err != nil {
		w.giveUp(err)
	}
	return len(p), nil
}

// grow keeps p in memory, or moves on to a file when memory is full.
func (w *CacheWriter) grow(p []byte) {
	if w.cache.reserve(int64(len(p))) {
		w.kept.data = append(w.kept.data, p...)
		return
	}
	if w.kept.level != plan.MemoryAndDisk {
		w.giveUp(errors.New("it does not fit into weft.storage.memoryFraction of the memory"))
		return
	}
	w.open()
	if w.given {
		return
	}
	if _, err := w.file.Write(w.kept.data); err != nil {
		w.giveUp(err)
	}
	w.forget()
}

func (w *CacheWriter) open() {
	w.cache.mu.Lock()
	defer w.cache.mu.Unlock()
	var err error
	if w.file, w.kept.file, err = w.cache.newFile(w.kept.block); err != nil {
		w.given = true
		w.cache.log.Warn("cannot cache a block", "block", w.kept.id(), "error", err)
	}
}

// forget frees what is in memory.
func (w *CacheWriter) forget() {
	w.cache.release(int64(len(w.kept.data)))
	w.kept.data = nil
}

func (w *CacheWriter) giveUp(why error) {
	w.cache.log.Warn("cannot cache a block", "block", w.kept.id(), "error", why)
	w.given = true
	w.forget()
	w.remove()
}

func (w *CacheWriter) remove() {
	if w.file == nil {
		return
	}
	_ = w.file.Close()
	w.cache.discard(&w.kept)
	w.file, w.kept.file = nil, ""
}

// Commit keeps the block.
func (w *CacheWriter) Commit() error {
	if w.closed || w.given {
		w.closed = true
		return nil
	}
	meta, err := w.out.Finish()
	if err != nil {
		return err
	}
	if w.file != nil {
		if err := w.file.Close(); err != nil {
			w.giveUp(err)
		}
	}
	w.closed = true
	if !w.given {
		w.kept.meta = meta
		k := w.kept
		w.cache.keep(&k)
	}
	return nil
}

// Abort drops what was added. After Commit it does nothing, so it can be deferred.
func (w *CacheWriter) Abort() {
	if w.closed || w.given {
		return
	}
	w.closed = true
	w.forget()
	w.remove()
}
