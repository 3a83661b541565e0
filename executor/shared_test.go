package executor

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/shuffle"
)

// answers is a Link on which only questions are asked.
type answers struct {
	control.Link
	outputs    func() *control.MapOutputsReply
	broadcast  func(ctx context.Context) ([]byte, error)
	questioned atomic.Int32
}

func (a *answers) MapOutputs(
	context.Context, *control.MapOutputsRequest,
) (*control.MapOutputsReply, error) {
	a.questioned.Add(1)
	return a.outputs(), nil
}

func (a *answers) Broadcast(ctx context.Context, _ int64) ([]byte, error) {
	a.questioned.Add(1)
	return a.broadcast(ctx)
}

func reply(epoch int64, places ...int32) *control.MapOutputsReply {
	return &control.MapOutputsReply{
		Epoch: epoch, Places: []*control.Place{{Executor: 7, Host: "h", Blocks: "h:1"}},
		Place: places, Attempt: make([]int32, len(places)),
	}
}

func TestMapOutputsAreAskedOnceForAnEpoch(t *testing.T) {
	a := &answers{outputs: func() *control.MapOutputsReply { return reply(3, 0, 0) }}
	o := outputs{link: a}
	o.advance(3)
	var tasks sync.WaitGroup
	for range 8 {
		tasks.Go(func() {
			got, err := o.of(t.Context(), 1)
			if err != nil || len(got) != 2 || got[1].Map != 1 || got[1].Executor != "e7" {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	tasks.Wait()
	if n := a.questioned.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	o.advance(4)
	a.outputs = func() *control.MapOutputsReply { return reply(4, 0, 0) }
	if _, err := o.of(t.Context(), 1); err != nil || a.questioned.Load() != 2 {
		t.Errorf("in the next epoch: %v, asked %d times", err, a.questioned.Load())
	}
}

func TestMissingMapOutputIsAFetchFailureAndNotKept(t *testing.T) {
	a := &answers{outputs: func() *control.MapOutputsReply { return reply(1, 0, -1) }}
	o := outputs{link: a}
	var failed *shuffle.FetchFailedError
	if _, err := o.of(t.Context(), 1); !errors.As(err, &failed) || failed.Map != 1 {
		t.Fatalf("%v", err)
	}
	a.outputs = func() *control.MapOutputsReply { return reply(1, 0, 0) }
	if _, err := o.of(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
}

func TestLyingMapOutputsAreRefused(t *testing.T) {
	for name, r := range map[string]*control.MapOutputsReply{
		"place out of range": reply(1, 5),
		"ragged":             {Place: []int32{0}, Places: reply(1).Places},
	} {
		o := outputs{link: &answers{outputs: func() *control.MapOutputsReply { return r }}}
		if _, err := o.of(t.Context(), 1); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestBroadcastIsFetchedAndDecodedOnce(t *testing.T) {
	a := &answers{broadcast: func(context.Context) ([]byte, error) { return []byte("weft"), nil }}
	b := broadcasts{link: a}
	var decoded atomic.Int32
	var tasks sync.WaitGroup
	for range 8 {
		tasks.Go(func() {
			v, err := b.decoded(t.Context(), 1, func(data []byte) (any, error) {
				decoded.Add(1)
				return len(data), nil
			})
			if err != nil || v != 4 {
				t.Errorf("%v, %v", v, err)
			}
		})
	}
	tasks.Wait()
	if a.questioned.Load() != 1 || decoded.Load() != 1 {
		t.Errorf("fetched %d times, decoded %d times", a.questioned.Load(), decoded.Load())
	}
	b.drop(1)
	if _, err := b.bytes(t.Context(), 1); err != nil || a.questioned.Load() != 2 {
		t.Errorf("after the drop: %v, fetched %d times", err, a.questioned.Load())
	}
}

func TestKilledTaskHandsTheFetchToTheNext(t *testing.T) {
	started := make(chan struct{})
	a := &answers{}
	a.broadcast = func(ctx context.Context) ([]byte, error) {
		if a.questioned.Load() > 1 {
			return []byte("weft"), nil
		}
		close(started)
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	b := broadcasts{link: a}
	ctx, kill := context.WithCancelCause(t.Context())
	first := make(chan error, 1)
	go func() {
		_, err := b.bytes(ctx, 1)
		first <- err
	}()
	<-started
	second := make(chan error, 1)
	go func() {
		_, err := b.bytes(t.Context(), 1)
		second <- err
	}()
	kill(ErrKilled)
	if err := <-first; !errors.Is(err, ErrKilled) {
		t.Errorf("the killed one: %v", err)
	}
	if err := <-second; err != nil {
		t.Errorf("the next: %v", err)
	}
}

func TestTaskMemoryIsFairAndComesBack(t *testing.T) {
	budget := shuffle.NewBudget(100)
	a, b := &taskMemory{budget: budget, limit: 50}, &taskMemory{budget: budget, limit: 50}
	if !a.Grow(50) || a.Grow(1) || !b.Grow(50) {
		t.Error("each task should have 50 of 100")
	}
	a.Shrink(20)
	a.close()
	b.close()
	if used := budget.Used(); used != 0 {
		t.Errorf("%d bytes did not come back", used)
	}
}

// waiting is a program whose task tells why its context ended.
type waiting struct {
	began chan struct{}
	cause chan error
}

func (waiting) Manifest() string             { return "m" }
func (w waiting) Load([]byte) (Stage, error) { return w, nil }

func (w waiting) Run(ctx context.Context, _ *Task) (Result, error) {
	close(w.began)
	<-ctx.Done()
	w.cause <- context.Cause(ctx)
	return Result{}, nil
}

// lonely is a driver that launches one task and then leaves the executor alone.
type lonely struct {
	control.Handler
	leave chan struct{}
}

func (d lonely) Attach(s control.Stream) error {
	if _, err := s.Recv(); err != nil {
		return err
	}
	for _, m := range []*control.ToExecutor{
		{Message: &control.ToExecutor_Registered{Registered: &control.Registered{}}},
		{Message: &control.ToExecutor_Template{Template: &control.StageTemplate{Tasks: 1, Shuffle: -1}}},
		{Message: &control.ToExecutor_Launch{Launch: &control.LaunchTasks{Ranges: []int32{0, 1, 0}}}},
	} {
		if err := s.Send(m); err != nil {
			return err
		}
	}
	<-d.leave
	return nil
}

func TestExecutorEndsWithItsDriver(t *testing.T) {
	local, d := control.NewLocal(), lonely{leave: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- local.Serve(ctx, d) }()
	p := waiting{began: make(chan struct{}), cause: make(chan error, 1)}
	ran := make(chan error, 1)
	dir := t.TempDir()
	go func() {
		ran <- Run(t.Context(), Options{Program: p, Local: local, Dirs: []string{dir}, Slots: 1})
	}()
	<-p.began
	close(d.leave)
	if err := <-p.cause; !errors.Is(err, ErrStopped) {
		t.Errorf("the task ended because of %v", err)
	}
	if err := <-ran; err == nil {
		t.Error("an orphan ends in peace")
	}
	if left, err := filepath.Glob(filepath.Join(dir, "weft-cache-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	good := Options{Program: waiting{}, Local: control.NewLocal(), Dirs: []string{"/tmp"}, Slots: 1}
	for name, spoil := range map[string]func(*Options){
		"no program": func(o *Options) { o.Program = nil },
		"no slots":   func(o *Options) { o.Slots = 0 },
		"no dirs":    func(o *Options) { o.Dirs = nil },
		"no driver":  func(o *Options) { o.Local = nil },
	} {
		o := good
		spoil(&o)
		if o.validate() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
