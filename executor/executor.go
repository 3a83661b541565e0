package executor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/shuffle"
)

// connectTime bounds how long an executor tries to reach its driver, which listens before it
// starts anybody.
const connectTime = 30 * time.Second

// Map outputs on this host stay open for the next reduce task: so many, with their indexes within
// so many bytes.
const (
	keptFiles   = 512
	keptIndexes = 16 << 20
)

// stopTime is how long tasks may take to notice that their executor stops. User code that ignores
// its context is left behind: the process ends.
const stopTime = 5 * time.Second

// Executor is what the parts of a running executor share. It is made by open and complete after
// register, before any task runs.
type Executor struct {
	Options
	link        control.Link
	conf        *conf.Conf
	store       *shuffle.Store
	kept        *shuffle.Files
	outputFiles *shuffle.AppFiles // of the store, kept open
	client      *shuffle.Client
	blocks      *blockServer // nil in the driver's process
	peerTLS     *tls.Config  // for other executors' block servers
	services    *services    // nil where nodes have none
	driver      driver       // for whom this executor works
	files       *fs.Resolver // to close at the end; nil where Options brought one
	memory      *shuffle.Budget
	share       int64 // of memory, what one task may take

	spread     atomic.Bool // executors are on more than one host
	stages     stages
	queue      *queue
	slots      []slot
	report     *report
	groups     groups
	outputs    outputs
	broadcasts broadcasts
	cache      *cache
}

// open makes everything that does not need the driver's configuration, and connects.
func open(ctx context.Context, o Options) (*Executor, error) {
	e := &Executor{Options: o, queue: newQueue(), slots: make([]slot, o.Slots)}
	e.report = newReport(e.queue)
	if err := e.connect(ctx); err != nil {
		e.close()
		return nil, err
	}
	e.outputs.link, e.broadcasts.link = e.link, e.link
	e.groups.report, e.groups.queue = e.report, e.queue
	e.outputs.services = e.services
	return e, nil
}

func (e *Executor) connect(ctx context.Context) (err error) {
	if e.store, err = shuffle.OpenStore(e.Dirs...); err != nil {
		return err
	}
	e.kept = shuffle.NewFiles(keptFiles, keptIndexes)
	e.outputFiles = e.kept.Of(e.store)
	if e.Local != nil {
		e.link, err = e.Local.Dial(ctx)
		return err
	}
	if e.blocks, err = listen(e.Host, e.Listen, e.Identity); err != nil {
		return err
	}
	if e.services, err = newServices(e.Service, e.Identity); err != nil {
		return err
	}
	e.peerTLS = e.Identity.ClientTLS()
	e.client = shuffle.NewClient(shuffle.ClientConfig{Dial: e.dial})
	e.findService(ctx)
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	e.link, err = control.Dial(ctx, e.Driver, e.Identity)
	return err
}

// serve runs until the driver or ctx ends the executor.
func (e *Executor) serve(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return e.receive(ctx) })
	g.Go(func() error { return e.send(ctx) })
	if e.blocks != nil {
		g.Go(func() error { return e.blocks.serve(ctx, source{e.store, e.cache}, e.Log) })
	}
	tasks, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() { stop(ErrStopped) })
	running := e.start(tasks)
	<-ctx.Done()
	_ = e.link.Close() // receive and send return
	e.queue.close()
	err := g.Wait()
	if !within(stopTime, running) {
		e.Log.Warn("tasks did not stop in time; leaving them behind", "executor", e.ID)
	}
	e.groups.close()
	if errors.Is(err, errStop) {
		return nil
	}
	if err == nil {
		err = context.Cause(ctx)
	}
	return err
}

// within waits for done, at most d.
func within(d time.Duration, done <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-done:
		return true
	case <-t.C:
		return false
	}
}

// close frees what open and register made, as far as they came.
func (e *Executor) close() {
	var errs []error
	if e.link != nil {
		errs = append(errs, e.link.Close())
	}
	if e.blocks != nil {
		errs = append(errs, e.blocks.close())
	}
	if e.client != nil {
		errs = append(errs, e.client.Close())
	}
	if e.cache != nil {
		errs = append(errs, e.cache.close())
	}
	if e.files != nil {
		errs = append(errs, e.files.Close())
	}
	if e.outputFiles != nil {
		errs = append(errs, e.outputFiles.Close())
	}
	if e.store != nil {
		errs = append(errs, e.store.Close())
	}
	if err := errors.Join(errs...); err != nil {
		e.Log.Debug("close executor", "executor", e.ID, "error", err)
	}
}

// register introduces the executor and completes it with the application's configuration.
func (e *Executor) register(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = e.link.Close() })
	defer stop()
	if err := e.link.Send(e.introduction()); err != nil {
		return err
	}
	answer, err := e.link.Recv()
	if err != nil {
		return fmt.Errorf("the driver hung up: %w", err)
	}
	switch m := answer.Message.(type) {
	case *control.ToExecutor_Registered:
		if err := e.configure(m.Registered); err != nil {
			return err
		}
		return e.equip(ctx, m.Registered)
	case *control.ToExecutor_Refused:
		return fmt.Errorf("the driver refused: %s", m.Refused.Reason)
	case *control.ToExecutor_Stop:
		return fmt.Errorf("the application ends: %s", m.Stop.Reason)
	}
	return fmt.Errorf("the driver answered with %T", answer.Message)
}
