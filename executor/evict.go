package executor

import (
	"container/list"
	"fmt"
	"os"

	"github.com/weft-data/weft/plan"
)

// reserve takes n bytes of the budget, for a block that is being written, and makes room for them
// by evicting what was not read for longest.
func (c *cache) reserve(n int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.mu.recent.Front(); e != nil && c.mu.used+n > c.limit; {
		next := e.Next()
		if e.Value.(*cached).file == "" {
			c.evict(e)
		}
		e = next
	}
	if c.mu.used+n > c.limit {
		return false
	}
	c.mu.used += n
	return true
}

func (c *cache) release(n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mu.used -= n
}

// evict moves a block to disk, or away where its level knows no disk or the disk fails. The lock
// is held over the write: whoever needs the room would wait for it anyway.
func (c *cache) evict(e *list.Element) {
	k := e.Value.(*cached)
	if k.level == plan.MemoryAndDisk {
		err := c.toDisk(k)
		if err == nil {
			return
		}
		c.log.Warn("cannot move a cached block to disk", "block", k.id(), "error", err)
	}
	c.remove(e)
}

func (c *cache) toDisk(k *cached) error {
	f, name, err := c.newFile(k.block)
	if err != nil {
		return err
	}
	_, err = f.Write(k.data)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = c.dir.Remove(name)
		return err
	}
	c.mu.used -= int64(len(k.data))
	k.data, k.file = nil, name
	return nil
}

// newFile makes a file for a block. The caller holds mu.
func (c *cache) newFile(b block) (*os.File, string, error) {
	c.mu.files++
	name := fmt.Sprintf("d%d-p%d-%d", b.dataset, b.partition, c.mu.files)
	f, err := c.dir.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	return f, name, err
}
