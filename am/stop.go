package am

import (
	"context"
	"fmt"
	"time"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/control"
)

// Stop ends the executors, tells the cluster how the application ended and frees everything.
// Running jobs fail with ErrStopped. It returns the cluster's error; a second call returns the
// same.
func (d *Driver) Stop(ctx context.Context, f containers.Final) error {
	d.stop.Do(func() { d.stopErr = d.finish(ctx, f) })
	return d.stopErr
}

// finish ends things in the order in which they depend on each other: jobs, executors, the
// cluster's containers, the loop that drains its events, and the servers at last.
func (d *Driver) finish(ctx context.Context, f containers.Final) error {
	d.post(stopping{f})
	d.calls.close()
	d.farewell(ctx)
	err := d.Cluster.Finish(ctx, f)
	d.post(quit{})
	<-d.ended
	d.end()
	d.servers.Wait()
	d.readers.Wait()
	if err != nil {
		return fmt.Errorf("end the application: %w", err)
	}
	return nil
}

// farewellTime is how long executors may take to go by themselves, before their containers are
// taken from them.
const farewellTime = 2 * time.Second

// farewell waits until the executors have gone.
func (d *Driver) farewell(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, farewellTime)
	defer cancel()
	select {
	case <-d.alone:
	case <-ctx.Done():
	case <-d.ended:
	}
}

// stopping is the begin of the end.
type stopping struct{ final containers.Final }

func (s stopping) happen(l *loop) {
	l.mark(&l.marks.Stopped)
	l.stopping = true
	l.fail(nil)
	reason := s.final.Status.String()
	l.everyone(&control.ToExecutor{Message: &control.ToExecutor_Stop{
		Stop: &control.Stop{Reason: reason},
	}})
	l.bidFarewell()
}

// bidFarewell tells Stop when the last executor's stream has ended.
func (l *loop) bidFarewell() {
	if l.stopping && !l.isAlone && l.registered() == 0 {
		l.isAlone = true
		close(l.alone)
	}
}

// quit ends the loop and the streams of executors that are still there.
type quit struct{}

func (quit) happen(l *loop) {
	l.over = true
	for _, e := range l.executors {
		if e != nil && e.conn != nil {
			e.conn.out.close()
		}
	}
}

// fail ends all jobs and lets no other begin. The first reason stays; nil is an end in peace.
func (l *loop) fail(err error) {
	if l.failed != nil {
		return
	}
	l.failed = ErrStopped
	if err != nil {
		l.failed = fmt.Errorf("%w: %w", ErrStopped, err)
		l.Log.Debug("the application cannot go on", "error", err)
	}
	l.reason = err
	close(l.down)
	for _, j := range append([]*job(nil), l.jobs...) {
		l.cancel(j, l.failed)
	}
}

// Done is closed when the application can run no more jobs; Err then says why.
func (d *Driver) Done() <-chan struct{} { return d.down }

// Err is why the application ended, nil while it runs and after a Stop in peace.
func (d *Driver) Err() error {
	select {
	case <-d.down:
		return d.reason
	default:
		return nil
	}
}

// endedError is what a call gets when there is no loop any more.
func (d *Driver) endedError() error {
	if err := d.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrStopped, err)
	}
	return ErrStopped
}
