package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/internal/yarnlogs"
	"github.com/weft-data/weft/rmclient"
)

// logReader prints the logs of one application, each byte once.
type logReader struct {
	e      Env
	rm     *cluster
	id     rmclient.ApplicationID
	wanted selection
	files  *fs.Resolver
	live   *yarnlogs.Live
	out    *logWriter
	seen   map[logKey]int64 // how much of a file was printed
}

type logKey struct{ container, name string }

func (r *logReader) close() {
	r.live.Close()
	_ = r.files.Close() // it was only read from
}

// Pauses of following and of waiting for aggregation.
const (
	followEvery   = time.Second
	aggregateLook = 250 * time.Millisecond
	aggregateWait = 20 * time.Second // after the end of the application
)

// running prints what there is now.
func (r *logReader) running(ctx context.Context, report rmclient.ApplicationReport) error {
	found, err := r.look(ctx)
	if err != nil {
		return err
	}
	if !found && r.wanted.container != "" {
		return r.nothing("it does not run; logs of ended containers can be read when the application " +
			"has ended")
	}
	if !found {
		return r.nothing(fmt.Sprintf("the application is %s and no container runs; follow it with -f",
			report.State))
	}
	return nil
}

// look prints what is new in the logs of running containers, and reports whether any runs.
func (r *logReader) look(ctx context.Context) (found bool, err error) {
	containers, err := r.live.Containers(ctx, r.id)
	if errors.Is(err, yarnlogs.ErrGone) {
		return false, nil // no attempt yet
	}
	if err != nil {
		return false, err
	}
	for _, c := range containers {
		if !r.wanted.wantsContainer(c.ID) {
			continue
		}
		found = true
		if err := r.container(ctx, c); err != nil && !errors.Is(err, yarnlogs.ErrGone) {
			return found, err
		}
	}
	return found, nil
}

// container prints what is new in one container's logs.
func (r *logReader) container(ctx context.Context, c yarnlogs.Container) error {
	logs, err := r.live.Files(ctx, c)
	if err != nil {
		return err
	}
	for _, l := range logs {
		key := logKey{l.Container, l.Name}
		if !r.wanted.wants(l) || l.Size <= r.seen[key] {
			continue
		}
		r.out.begin(l)
		r.seen[key], err = r.live.Copy(ctx, c, l, r.seen[key], r.out)
		if err != nil {
			return err
		}
	}
	return nil
}

// followed prints what comes until the application has ended, and then the rest.
func (r *logReader) followed(ctx context.Context) error {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		report, err := r.rm.Report(ctx, r.id)
		if err != nil {
			return err
		}
		if report.State.Ended() {
			return r.archived(ctx, report)
		}
		if _, err := r.look(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// archived prints what HDFS has and was not printed yet.
func (r *logReader) archived(ctx context.Context, report rmclient.ApplicationReport) error {
	archive, err := r.await(ctx, report)
	if err != nil {
		return err
	}
	found := len(r.seen) > 0
	err = archive.Each(ctx, func(l yarnlogs.Log, in io.Reader) error {
		found = found || r.wanted.wantsContainer(l.Container)
		if !r.wanted.wants(l) {
			return nil
		}
		return r.rest(l, in)
	})
	if err == nil && !found {
		return r.nothing("the aggregated logs have no such container; without -c they are all printed")
	}
	return err
}

// rest prints a file without what was printed while it grew.
func (r *logReader) rest(l yarnlogs.Log, in io.Reader) error {
	skip := r.seen[logKey{l.Container, l.Name}]
	if skip >= l.Size {
		return nil
	}
	if _, err := io.CopyN(io.Discard, in, skip); err != nil {
		return err
	}
	r.out.begin(l)
	_, err := io.Copy(r.out, in)
	return err
}

// await finds the aggregated logs. NodeManagers write them when the application has ended, which
// takes them a second or more; the ResourceManager knows when they have.
func (r *logReader) await(ctx context.Context, report rmclient.ApplicationReport) (
	*yarnlogs.Archive, error) {
	tick := time.NewTicker(aggregateLook)
	defer tick.Stop()
	for !r.settled(ctx, report) {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-tick.C:
		}
	}
	archive, err := yarnlogs.Find(ctx, r.files, r.rm.hadoop, report.User, r.id)
	if errors.Is(err, yarnlogs.ErrNotAggregated) {
		return nil, fmt.Errorf("%w; either yarn.log-aggregation-enable is off, and the logs are on "+
			"the nodes in yarn.nodemanager.log-dirs, or they were deleted by age", err)
	}
	return archive, err
}

// settled reports whether all logs that will come have come, or should have.
func (r *logReader) settled(ctx context.Context, report rmclient.ApplicationReport) bool {
	if report.Ended.IsZero() || r.e.Now().Sub(report.Ended) > aggregateWait {
		return true
	}
	state, err := r.live.Aggregation(ctx, r.id)
	return err == nil && state.Settled()
}
