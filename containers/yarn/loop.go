package yarn

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/ask"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/submit"
)

// loop owns the state of a Cluster. Its methods run in one goroutine, those of the Cluster send
// calls to it.
type loop struct {
	*Cluster
	book    *ask.Book
	limits  submit.Limits
	names   submit.Names
	sizes   map[resource.ID]resource.Vector // of profiles, as Want named them
	held    map[containers.ID]*held
	health  ask.Health
	ban     ban
	avoided []string // hosts, by the scheduler's word
	// lacking has the hosts without the shuffle service, and what is to be said of each.
	lacking map[string]string

	events   chan<- containers.Event
	queue    []containers.Event // not yet received
	headroom rmclient.Resource  // last told
	menaced  map[containers.ID]bool

	releases  []rmclient.ContainerID // to be said with the next heartbeat
	releasing int                    // released and not completed
	beating   bool                   // a heartbeat is under way
	last      time.Time              // when it began, or the last one did
	changed   time.Time              // when what is to come last changed
	good      time.Time              // of the last answer
	setbacks  setbacks
	waiting   waiting
	down      error // heartbeats have ended

	listing bool // of nodes, under way
	listed  time.Time

	starts   chan struct{} // holds a token for each start under way
	answers  chan answer
	failures chan failure
	listings chan []rmclient.NodeReport
	beside   sync.WaitGroup // heartbeats, starts and stops
}

// held is a container of the application.
type held struct {
	rmclient.Container
	line     ask.Line
	given    containers.Container
	launched time.Time // zero: not yet
	released bool
}

// An answer is what became of a heartbeat.
type answer struct {
	rmclient.AllocateResponse
	err error
}

func newLoop(c *Cluster, events chan<- containers.Event, r rmclient.Registered,
	nodes []rmclient.NodeReport) *loop {
	settings := c.config.Conf
	l := &loop{
		Cluster: c, book: newBook(c.config, r), sizes: map[resource.ID]resource.Vector{},
		limits: submit.Limits{Most: r.Maximum, Types: r.ResourceTypes}, names: submit.NamesOf(settings),
		health: healthOf(settings), lacking: map[string]string{},
		held: map[containers.ID]*held{}, events: events, menaced: map[containers.ID]bool{},
		answers: make(chan answer), failures: make(chan failure),
		listings: make(chan []rmclient.NodeReport), good: time.Now(),
		starts: make(chan struct{}, conf.YarnContainerLauncherMaxThreads.Get(settings)),
	}
	for _, host := range conf.YarnExcludeNodes.Get(settings) {
		l.exclude(host, true)
	}
	l.relist(nodes, time.Now())
	for _, p := range r.Previous {
		// An attempt starts with executors of its own: those of an earlier one report to a
		// driver that is gone.
		l.releases = append(l.releases, p.ID)
	}
	return l
}

// run serves until ctx ends, and returns when nothing runs beside it any more.
func (l *loop) run(ctx context.Context) {
	defer l.drain()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		out, next := l.front()
		select {
		case <-ctx.Done():
			return
		case out <- next:
			l.queue = l.queue[1:]
		case c := <-l.calls:
			c.done <- c.do(l)
		case a := <-l.answers:
			l.answered(a)
		case f := <-l.failures:
			l.startFailed(f)
		case nodes := <-l.listings:
			l.relist(nodes, time.Now())
		case <-timer.C:
		}
		timer.Reset(l.beat(ctx, time.Now()))
	}
}

// front is the event to be received next; the channel is nil when there is none.
func (l *loop) front() (chan<- containers.Event, containers.Event) {
	if len(l.queue) == 0 {
		return nil, nil
	}
	return l.events, l.queue[0]
}

// drain waits for what runs beside the loop; its context has ended.
func (l *loop) drain() {
	quiet := make(chan struct{})
	go func() {
		defer close(quiet)
		l.beside.Wait()
	}()
	for {
		select {
		case a := <-l.answers:
			l.answered(a)
		case f := <-l.failures:
			l.startFailed(f)
		case <-l.listings:
		case <-quiet:
			return
		}
	}
}

// beat starts a heartbeat if one is due and returns when to look again.
func (l *loop) beat(ctx context.Context, now time.Time) time.Duration {
	if l.beating || l.down != nil {
		return time.Hour // the answer wakes the loop; nothing will
	}
	asking := !now.Before(l.resumes())
	due := l.due(now, asking)
	if now.Before(due) {
		return due.Sub(now)
	}
	l.readmit(now)
	l.warnWaiting(now)
	r := rmclient.AllocateRequest{
		Release: l.releases, Progress: float32(l.progress.Load()) / millionths,
		BlacklistAdd: l.ban.add, BlacklistRemove: l.ban.remove,
	}
	if asking {
		r.Asks = request(l.book.Changes(), l.config.placed.tag)
		l.refresh(ctx, now)
	}
	l.releases, l.ban, l.beating, l.last = nil, ban{}, true, now
	l.beside.Go(func() {
		response, err := l.master.Allocate(ctx, r)
		l.answers <- answer{response, err}
	})
	return time.Hour
}

// due is when the next heartbeat begins.
func (l *loop) due(now time.Time, asking bool) time.Time {
	if len(l.releases) > 0 || l.ban.any() || l.book.Dirty() && asking {
		return now
	}
	busy := l.book.Open() > 0 && asking || l.releasing > 0
	due := l.last.Add(pause(!busy, now.Sub(l.changed)))
	if resumes := l.resumes(); l.book.Dirty() && resumes.Before(due) {
		return resumes
	}
	return due
}

// answered takes in what a heartbeat brought. Nodes come first, so that the loss of one is known
// before its containers complete.
func (l *loop) answered(a answer) {
	l.beating = false
	if a.err != nil {
		l.missed(a.err)
		return
	}
	l.good = time.Now()
	l.nodesChanged(a.UpdatedNodes)
	l.allocated(a.Allocated)
	l.book.Answered()
	l.rejected(a.Rejected)
	for _, p := range a.Previous {
		l.releases = append(l.releases, p.ID)
	}
	for _, s := range a.Completed {
		l.completed(s)
	}
	l.preempted(a.Preemption)
	l.limited(a.Headroom)
}

// missed decides what a failed heartbeat means. The Master has kept what was said.
func (l *loop) missed(err error) {
	switch {
	case errors.Is(err, context.Canceled):
	case errors.Is(err, rmclient.ErrUnreachable) && time.Since(l.good) < l.config.Patience:
		l.config.Log.Warn("the ResourceManager does not answer; trying on", "error", err)
	case l.down == nil:
		l.down = err
		l.tell(containers.Down{Err: err})
	}
}

// tell queues an event.
func (l *loop) tell(e containers.Event) { l.queue = append(l.queue, e) }
