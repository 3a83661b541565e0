package single

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/weft-data/weft/containers"
)

// Launch starts an executor in a container.
func (c *Cluster) Launch(_ context.Context, id containers.ID, l containers.Launch) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.find(id)
	if h == nil || h.running != nil || h.released || c.mu.over {
		return fmt.Errorf("launch e%d in container %s: %w", l.Executor, id, containers.ErrUnknown)
	}
	l.Dirs = nil
	for _, dir := range c.mu.dirs {
		l.Dirs = append(l.Dirs, dir.path)
	}
	running, err := c.options.Starter.Start(id, l)
	if err != nil {
		c.complete(h, containers.Completed{
			Reason: containers.ReasonStartFailed, ExitCode: -1, Diagnostics: err.Error(),
			CausedByApp: true,
		})
		return nil
	}
	h.running = running
	c.waiting.Go(func() {
		end := running.Wait()
		c.mu.Lock()
		defer c.mu.Unlock()
		c.complete(h, end)
	})
	return nil
}

// complete ends a container's life and gives another one in its place. The caller holds mu.
func (c *Cluster) complete(h *held, end containers.Completed) {
	end.ID = h.ID
	if h.kill != nil {
		h.kill.Stop()
	}
	if h.released {
		end.Reason, end.CausedByApp = containers.ReasonReleased, false
	}
	c.mu.held = slices.DeleteFunc(c.mu.held, func(other *held) bool { return other == h })
	c.options.Log.Debug("completed", "container", h.ID, "reason", end.Reason, "exit", end.ExitCode)
	c.outbox.put(end)
	c.give()
}

// Release stops what runs in containers and takes them back.
func (c *Cluster) Release(_ context.Context, ids []containers.ID) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		if h := c.find(id); h != nil {
			c.stop(h)
		}
	}
	return nil
}

// stop asks kindly and kills after the grace. The caller holds mu.
func (c *Cluster) stop(h *held) {
	if h.released {
		return
	}
	h.released = true
	if h.running == nil {
		c.complete(h, containers.Completed{ExitCode: -1})
		return
	}
	h.running.Stop()
	h.kill = time.AfterFunc(Grace, h.running.Kill)
}
