package plugin

import (
	"context"
	"time"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/plugin/internal/wire"
)

// progressTime bounds a call that only feeds the cluster's own pages.
const progressTime = time.Second

// Progress is passed on without waiting, and is dropped while an earlier one is under way.
func (c *Cluster) Progress(fraction float32) {
	if !c.reporting.CompareAndSwap(false, true) {
		return
	}
	c.reports.Go(func() {
		defer c.reporting.Store(false)
		ctx, cancel := context.WithTimeout(context.Background(), progressTime)
		defer cancel()
		_, err := c.remote.Progress(ctx, &wire.ProgressRequest{Fraction: fraction})
		if err != nil {
			c.options.Log.Debug("progress was not reported", "error", plain(err))
		}
	})
}

// Finish ends the application, then the plugin. When ctx ends, the plugin is told to hurry, and
// is killed if it does not.
func (c *Cluster) Finish(ctx context.Context, f containers.Final) error {
	if c.process == nil {
		return nil
	}
	defer c.process.Kill()
	if c.ended == nil { // Start has failed
		return nil
	}
	defer c.reports.Wait()
	defer func() { <-c.ended }()
	defer c.hangUp()
	m := toFinal(f)
	m.Hasty = ctx.Err() != nil
	err := c.callFinish(ctx, m)
	c.awaitLastEvent()
	return err
}

// callFinish cancels the call when ctx ends, which the plugin's side sees as the end of its own
// context; a call under a context that is over already would not reach it.
func (c *Cluster) callFinish(ctx context.Context, m *wire.FinishRequest) error {
	call, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	if m.GetHasty() {
		call, cancel = context.WithTimeout(call, goodbye)
		defer cancel()
	} else {
		defer context.AfterFunc(ctx, cancel)()
	}
	_, err := c.remote.Finish(call, m)
	return plain(err)
}

func (c *Cluster) awaitLastEvent() {
	late := time.NewTimer(goodbye)
	defer late.Stop()
	select {
	case <-c.ended:
	case <-late.C:
	}
}
