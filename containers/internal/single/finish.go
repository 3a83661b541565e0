package single

import (
	"context"
	"errors"
	"slices"

	"github.com/weft-data/weft/containers"
)

// Finish stops every executor, waits for the last, and removes the application's directories.
func (c *Cluster) Finish(ctx context.Context, _ containers.Final) error {
	c.mu.Lock()
	c.mu.over = true
	for _, h := range slices.Clone(c.mu.held) {
		c.stop(h)
	}
	c.mu.Unlock()
	kill := context.AfterFunc(ctx, c.killAll)
	c.waiting.Wait()
	kill()
	c.outbox.close(ctx)
	var errs []error
	for _, dir := range c.mu.dirs {
		errs = append(errs, dir.remove())
	}
	return errors.Join(errs...)
}

func (c *Cluster) killAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, h := range c.mu.held {
		if h.running != nil {
			h.running.Kill()
		}
	}
}
