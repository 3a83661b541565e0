package am_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weft-data/weft/am"
	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/resource"
)

// yard is a cluster in which the test decides what happens, and plays the executors too.
type yard struct {
	t        *testing.T
	events   chan<- containers.Event
	launched chan containers.Launch
	asked    chan []containers.Ask // the newest
	released chan containers.ID
	avoided  chan []string
	finished containers.Final
	progress chan float32
	launch   func(id containers.ID) error // nil: nothing goes wrong
	most     resource.Megabytes           // that a container can have; 0: any

	local  *control.Local
	driver *am.Driver
	given  int
}

func (y *yard) Start(_ context.Context, events chan<- containers.Event) error {
	y.events = events
	return nil
}

func (y *yard) Want(_ context.Context, asks []containers.Ask) error {
	select {
	case <-y.asked:
	default:
	}
	y.asked <- asks
	return nil
}

// wanted is how many executors of the default profile were asked for last.
func (y *yard) wanted() int {
	synctest.Wait()
	asks := <-y.asked
	y.asked <- asks
	return asks[0].Count
}

var errTooLarge = errors.New("too large for the yard")

func (y *yard) Check(_ context.Context, size resource.Vector) error {
	if y.most > 0 && size.Memory > y.most {
		return errTooLarge
	}
	return nil
}

func (y *yard) Avoid(_ context.Context, hosts []string) error {
	y.avoided <- hosts
	return nil
}

func (y *yard) Launch(_ context.Context, id containers.ID, l containers.Launch) error {
	if y.launch != nil {
		return y.launch(id)
	}
	y.launched <- l
	return nil
}

func (y *yard) Release(_ context.Context, ids []containers.ID) error {
	for _, id := range ids {
		y.released <- id
	}
	return nil
}

func (y *yard) Progress(fraction float32) { y.progress <- fraction }

func (y *yard) Finish(_ context.Context, f containers.Final) error {
	y.finished = f
	return nil
}

// openYard starts an application in a yard. It is stopped by the test, inside its bubble.
func openYard(t *testing.T, c *conf.Conf) *yard {
	return yardOf(t, c, am.Options{Log: logger()})
}

// yardOf is openYard with more options.
func yardOf(t *testing.T, c *conf.Conf, o am.Options) *yard {
	y := &yard{
		t: t, launched: make(chan containers.Launch, 100), released: make(chan containers.ID, 100), avoided: make(chan []string, 8),
		progress: make(chan float32, 100), asked: make(chan []containers.Ask, 1),
		local: control.NewLocal(),
	}
	var err error
	o.Cluster, o.Local, o.Conf, o.Executors, o.Slots, o.Manifest = y, y.local, c, 2, 1, "m"
	y.driver, err = am.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return y
}

func (y *yard) stop() {
	y.t.Helper()
	if err := y.driver.Stop(context.Background(), containers.Final{}); err != nil {
		y.t.Error(err)
	}
}

// give gives the driver a container and waits for the launch.
func (y *yard) give() (containers.ID, containers.Launch) {
	return y.giveOn(fmt.Sprint("h", y.given+1))
}

func (y *yard) giveOn(host string) (containers.ID, containers.Launch) {
	y.given++
	c := containers.Container{ID: containers.ID(fmt.Sprint("c", y.given)), Host: host,
		Resource: resource.Make(1024, 1)}
	y.events <- containers.Allocated{Containers: []containers.Container{c}}
	return c.ID, <-y.launched
}

// hand is an executor whose every word is the test's.
type hand struct {
	t  *testing.T
	id int32
	control.Link
}

// enter gives a container and registers the executor that belongs into it.
func (y *yard) enter() (*hand, containers.ID) {
	y.t.Helper()
	return y.admit(y.give())
}

func (y *yard) enterOn(host string) (*hand, containers.ID) {
	y.t.Helper()
	return y.admit(y.giveOn(host))
}

func (y *yard) admit(id containers.ID, l containers.Launch) (*hand, containers.ID) {
	y.t.Helper()
	h := y.dial(l.Executor)
	h.register("m")
	if m := h.next(); m.GetRegistered() == nil {
		y.t.Fatalf("answer: %v", m)
	}
	return h, id
}

func (y *yard) dial(executor int32) *hand {
	y.t.Helper()
	link, err := y.local.Dial(y.t.Context())
	if err != nil {
		y.t.Fatal(err)
	}
	return &hand{y.t, executor, link}
}

func (h *hand) register(manifest string) {
	h.send(&control.FromExecutor{Message: &control.FromExecutor_Register{Register: &control.Register{
		Executor: h.id, Host: "h", Slots: 1, Manifest: manifest,
	}}})
}

func (h *hand) send(m *control.FromExecutor) {
	h.t.Helper()
	if err := h.Send(m); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hand) next() *control.ToExecutor {
	h.t.Helper()
	m, err := h.Recv()
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

// task takes the next launch, of one task, with what else the driver says before it.
func (h *hand) task() dag.Task {
	h.t.Helper()
	m := h.next()
	for m.GetTemplate() != nil || m.GetDrop() != nil {
		m = h.next()
	}
	l := m.GetLaunch()
	if l == nil || len(l.Ranges) != 3 || l.Ranges[1] != 1 {
		h.t.Fatalf("not the launch of one task: %v", m)
	}
	return dag.Task{Stage: dag.StageID(l.Stage), Partition: l.Ranges[0], Attempt: l.Ranges[2]}
}

// succeed reports a task's success.
func (h *hand) succeed(t dag.Task, value string) {
	h.t.Helper()
	h.send(&control.FromExecutor{Message: &control.FromExecutor_Ended{Ended: &control.TasksEnded{
		Stages: []*control.StageEnds{{
			Stage: int32(t.Stage), Partitions: []int32{t.Partition}, Attempts: []int32{t.Attempt},
			Micros: []uint32{1e6}, Values: [][]byte{[]byte(value)},
		}},
	}}})
}

func (h *hand) beat() {
	h.send(&control.FromExecutor{Message: &control.FromExecutor_Heartbeat{
		Heartbeat: &control.Heartbeat{},
	}})
}

// pass lets the bubble's time pass; nobody waits.
func pass(d time.Duration) { <-time.After(d) }
