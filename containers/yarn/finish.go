package yarn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/rmclient"
)

// Limits of the parts of Finish: that of stopping containers, which the ResourceManager does too
// when the application has ended, and that of the last try when nobody waits any more.
const (
	stopLimit = 2 * time.Second
	killLimit = 5 * time.Second
)

// Finish ends the application: containers are stopped, and the ResourceManager is told how it
// ended. When ctx ends before that, or unregistering fails, the application is killed.
func (c *Cluster) Finish(ctx context.Context, f containers.Final) error {
	c.finish.Do(func() { c.finished = c.end(ctx, f) })
	return c.finished
}

func (c *Cluster) end(ctx context.Context, f containers.Final) error {
	defer c.close()
	var err error
	switch {
	case c.loop == nil:
		err = errNotStarted
	default:
		c.stop()
		<-c.ended
		c.loop.stopAll(ctx)
		c.loop.flush(ctx)
		err = c.unregister(ctx, f)
	}
	if err == nil || gone(c.loop) {
		return nil
	}
	return c.kill(ctx, err)
}

func (c *Cluster) close() {
	c.nodes.Close()
	c.master.Close()
}

// unregister says how the application ended and waits until the ResourceManager has noted it.
func (c *Cluster) unregister(ctx context.Context, f containers.Final) error {
	if gone(c.loop) {
		return nil
	}
	err := c.master.Finish(ctx, rmclient.Finish{
		Status: finalStatus(f.Status), Diagnostics: f.Diagnostics, TrackingURL: f.TrackingURL,
	})
	if errors.Is(err, rmclient.ErrFenced) || errors.Is(err, rmclient.ErrNotFound) {
		return nil // ended by someone else meanwhile
	}
	return err
}

// gone reports that the ResourceManager has given the attempt up: there is nothing to end.
func gone(l *loop) bool {
	return l != nil && (errors.Is(l.down, rmclient.ErrFenced) ||
		errors.Is(l.down, rmclient.ErrShutdown) || errors.Is(l.down, rmclient.ErrNotFound))
}

// kill is the way out when unregistering failed. It works after ctx has ended.
func (c *Cluster) kill(ctx context.Context, cause error) error {
	if c.config.Kill == nil {
		return fmt.Errorf("finish on YARN: %w", cause)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), killLimit)
	defer cancel()
	err := c.config.Kill(ctx, "the driver could not unregister")
	if errors.Is(cause, errNotStarted) {
		cause = nil // Start has told why
	}
	if err != nil || cause != nil {
		return fmt.Errorf("finish on YARN: %w", errors.Join(cause, err))
	}
	return nil
}

func finalStatus(s containers.Status) rmclient.FinalStatus {
	switch s {
	case containers.Succeeded:
		return rmclient.Succeeded
	case containers.Killed:
		return rmclient.KilledStatus
	}
	return rmclient.FailedStatus
}

// stopAll ends what still runs, all nodes at the same time, and tells of every container's end. The
// loop has ended, so its state is this goroutine's.
func (l *loop) stopAll(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, stopLimit)
	defer cancel()
	byNode := map[rmclient.NodeID][]rmclient.ContainerID{}
	for _, h := range l.inOrder() {
		if !h.launched.IsZero() {
			byNode[h.Node] = append(byNode[h.Node], h.Container.ID)
		}
		l.tell(containers.Completed{ID: h.given.ID, Reason: containers.ReasonReleased, ExitCode: -1})
	}
	var all sync.WaitGroup
	for node, ids := range byNode {
		all.Go(func() {
			if _, err := l.nodes.Stop(ctx, node, ids); err != nil {
				l.config.Log.Debug("stop containers", "node", node, "error", err)
			}
		})
	}
	all.Wait()
}

// inOrder are the containers in the order of their ids.
func (l *loop) inOrder() []*held {
	out := make([]*held, 0, len(l.held))
	for _, h := range l.held {
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b *held) int {
		return cmp.Or(cmp.Compare(a.Container.ID.ID, b.Container.ID.ID),
			strings.Compare(string(a.given.ID), string(b.given.ID)))
	})
	return out
}

// flush hands out the last events.
func (l *loop) flush(ctx context.Context) {
	for _, e := range l.queue {
		select {
		case l.events <- e:
		case <-ctx.Done():
			return
		}
	}
}
