package executor

import (
	"context"
	"errors"
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
