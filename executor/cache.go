package executor

import (
	"bytes"
	"container/list"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"sync"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/plan"
	"github.com/weft-data/weft/shuffle"
)

// block names a partition of a persisted dataset.
type block struct {
	dataset   dag.DatasetID
	partition int32
}

func blockOf(id shuffle.CachedID) block {
	if id.Dataset > math.MaxInt32 || id.Partition > math.MaxInt32 {
		return block{-1, -1} // nobody has it
	}
	return block{dag.DatasetID(id.Dataset), int32(id.Partition)}
}

func (b block) id() shuffle.CachedID {
	return shuffle.CachedID{Dataset: uint64(b.dataset), Partition: uint32(b.partition)}
}

// cached is a block that is kept, in memory (data) or on disk (file).
type cached struct {
	block
	meta  shuffle.BlockMeta
	level plan.Level
	data  []byte
	file  string
}

// cacheOptions say where a cache keeps blocks and how many.
type cacheOptions struct {
	executor control.ExecutorID
	dirs     []string
	limit    int64 // bytes in memory
	changed  func(dataset dag.DatasetID, cached, dropped []int32)
	log      hclog.Logger
}

// cache keeps blocks of persisted datasets, as encoded records, within a budget of memory. When it
// is full the blocks that were not read for longest go: to disk where their level says so, else
// away. Every change is told to the driver.
type cache struct {
	cacheOptions
	dir *os.Root // this executor's own, removed at its end
	mu  struct {
		sync.Mutex
		blocks map[block]*list.Element // of *cached
		recent list.List               // of *cached, least recently read first
		used   int64                   // bytes in memory, those being written included
		files  int64                   // counts names
	}
}

// newCache makes the directory for blocks on disk: one, since a block is one file and blocks are
// many executors' business to spread.
func newCache(o cacheOptions) (*cache, error) {
	c := &cache{cacheOptions: o}
	c.mu.blocks = make(map[block]*list.Element)
	var errs []error
	for i := range o.dirs {
		at := o.dirs[(i+int(o.executor))%len(o.dirs)]
		dir, err := os.MkdirTemp(at, fmt.Sprintf("weft-cache-%s-", o.executor))
		if err == nil {
			c.dir, err = os.OpenRoot(dir)
		}
		if err == nil {
			return c, nil
		}
		errs = append(errs, err)
	}
	return nil, fmt.Errorf("make a directory for cached blocks: %w", errors.Join(errs...))
}

// close drops everything.
func (c *cache) close() error {
	return errors.Join(c.dir.Close(), os.RemoveAll(filepath.Clean(c.dir.Name())))
}

func (c *cache) size() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mu.used
}

// open opens a block for reading and marks it as just read.
func (c *cache) open(b block) (*shuffle.CachedBlock, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.mu.blocks[b]
	if e == nil {
		return nil, false
	}
	c.mu.recent.MoveToBack(e)
	k := e.Value.(*cached)
	if k.file == "" {
		return &shuffle.CachedBlock{Meta: k.meta, Body: io.NopCloser(bytes.NewReader(k.data))}, true
	}
	f, err := c.dir.Open(k.file)
	if err != nil {
		c.log.Warn("a cached block is gone", "block", b.id(), "error", err)
		c.remove(e)
		return nil, false
	}
	return &shuffle.CachedBlock{Meta: k.meta, Body: f}, true
}

// keep takes a finished block whose memory is already reserved.
func (c *cache) keep(k *cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mu.blocks[k.block] != nil { // a twin was faster
		c.mu.used -= int64(len(k.data))
		c.discard(k)
		return
	}
	c.mu.blocks[k.block] = c.mu.recent.PushBack(k)
	c.changed(k.dataset, []int32{k.partition}, nil)
}

// drop forgets all blocks of a dataset; the driver knows.
func (c *cache) drop(id dag.DatasetID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.mu.recent.Front(); e != nil; {
		next := e.Next()
		if k := e.Value.(*cached); k.dataset == id {
			c.forget(e)
		}
		e = next
	}
}

// distrust drops a block that turned out to be damaged.
func (c *cache) distrust(b block) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.mu.blocks[b]; e != nil {
		c.remove(e)
	}
}

// remove forgets a block and tells the driver. The caller holds mu.
func (c *cache) remove(e *list.Element) {
	k := c.forget(e)
	c.changed(k.dataset, nil, []int32{k.partition})
}

// forget takes a block out. Readers that have it open keep what they have. The caller holds mu.
func (c *cache) forget(e *list.Element) *cached {
	k := c.mu.recent.Remove(e).(*cached)
	delete(c.mu.blocks, k.block)
	c.mu.used -= int64(len(k.data))
	c.discard(k)
	return k
}

func (c *cache) discard(k *cached) {
	if k.file == "" {
		return
	}
	if err := c.dir.Remove(k.file); err != nil {
		c.log.Warn("remove a cached block", "block", k.id(), "error", err)
	}
}
