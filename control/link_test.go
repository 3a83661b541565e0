package control_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/internal/identity"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// driver answers questions from maps, and its Attach is the test's.
type driver struct {
	attach func(s control.Stream) error
	values map[int64][]byte
}

func (d *driver) Attach(s control.Stream) error { return d.attach(s) }

func (d *driver) MapOutputs(
	_ context.Context, q *control.MapOutputsRequest,
) (*control.MapOutputsReply, error) {
	return &control.MapOutputsReply{Epoch: int64(q.Shuffle)}, nil
}

func (d *driver) Locate(_ context.Context, q *control.LocateRequest) (*control.LocateReply, error) {
	return &control.LocateReply{Places: []*control.Place{{Executor: q.Partition}}}, nil
}

func (d *driver) Commit(ctx context.Context, q *control.CommitRequest) (*control.CommitReply, error) {
	if q.Partition == 99 { // an answer that does not come
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return &control.CommitReply{Granted: q.Attempt == 0}, nil
}

func (d *driver) BroadcastValue(_ context.Context, id int64) ([]byte, error) {
	if v, ok := d.values[id]; ok {
		return v, nil
	}
	return nil, errors.New("there is no such value")
}

// join serves d in both ways, one after the other, and gives the test an executor's Link.
func join(t *testing.T, d *driver, test func(t *testing.T, dial func() control.Link)) {
	t.Run("local", func(t *testing.T) {
		local := control.NewLocal()
		serve(t, func(ctx context.Context) error { return local.Serve(ctx, d) })
		test(t, dialer(t, local.Dial))
	})
	t.Run("grpc", func(t *testing.T) {
		id, err := identity.New()
		if err != nil {
			t.Fatal(err)
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		serve(t, func(ctx context.Context) error { return control.Serve(ctx, l, id, d) })
		test(t, dialer(t, func(ctx context.Context) (control.Link, error) {
			return control.Dial(ctx, l.Addr().String(), id)
		}))
	})
}

func serve(t *testing.T, f func(ctx context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- f(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

func dialer(t *testing.T, dial func(ctx context.Context) (control.Link, error)) func() control.Link {
	return func() control.Link {
		l, err := dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		return l
	}
}

func register(id int32) *control.FromExecutor {
	return &control.FromExecutor{Message: &control.FromExecutor_Register{
		Register: &control.Register{Executor: id},
	}}
}

func stop(reason string) *control.ToExecutor {
	return &control.ToExecutor{Message: &control.ToExecutor_Stop{Stop: &control.Stop{Reason: reason}}}
}

func TestMessagesComeInOrderBothWays(t *testing.T) {
	const n = 1000
	d := &driver{attach: func(s control.Stream) error {
		for i := range int32(n) {
			m, err := s.Recv()
			if err != nil {
				return err
			}
			if got := m.GetRegister().GetExecutor(); got != i {
				t.Errorf("message %d is %d", i, got)
			}
			if err := s.Send(stop(strings.Repeat("x", int(i)))); err != nil {
				return err
			}
		}
		return nil
	}}
	join(t, d, func(t *testing.T, dial func() control.Link) {
		l := dial()
		var sender sync.WaitGroup
		defer sender.Wait()
		sender.Go(func() {
			for i := range int32(n) {
				if err := l.Send(register(i)); err != nil {
					t.Error(err)
				}
			}
		})
		for i := range n {
			m, err := l.Recv()
			if err != nil {
				t.Fatal(err)
			}
			if got := len(m.GetStop().GetReason()); got != i {
				t.Fatalf("message %d has length %d", i, got)
			}
		}
		if _, err := l.Recv(); !errors.Is(err, io.EOF) {
			t.Fatalf("after the driver's end: %v", err)
		}
	})
}

func TestDriverLearnsThatAnExecutorIsGone(t *testing.T) {
	gone := make(chan error, 1)
	here := make(chan error, 1)
	d := &driver{attach: func(s control.Stream) error {
		_, err := s.Recv()
		here <- err
		_, err = s.Recv()
		gone <- err
		return err
	}}
	join(t, d, func(t *testing.T, dial func() control.Link) {
		l := dial()
		if err := errors.Join(l.Send(register(1)), <-here, l.Close()); err != nil {
			t.Fatal(err)
		}
		if err := <-gone; err == nil {
			t.Fatal("no error")
		}
	})
}

func TestQuestionsAreAnswered(t *testing.T) {
	value := bytes.Repeat([]byte("weft"), control.ChunkSize) // some chunks
	d := &driver{
		attach: func(s control.Stream) error { <-s.Context().Done(); return nil },
		values: map[int64][]byte{1: value, 2: {}},
	}
	join(t, d, func(t *testing.T, dial func() control.Link) {
		l, ctx := dial(), t.Context()
		if r, err := l.MapOutputs(ctx, &control.MapOutputsRequest{Shuffle: 3}); err != nil || r.Epoch != 3 {
			t.Errorf("%v, %v", r, err)
		}
		if r, err := l.Locate(ctx, &control.LocateRequest{Partition: 4}); err != nil || r.Places[0].Executor != 4 {
			t.Errorf("%v, %v", r, err)
		}
		if r, err := l.Commit(ctx, &control.CommitRequest{Attempt: 1}); err != nil || r.Granted {
			t.Errorf("%v, %v", r, err)
		}
		if got, err := l.Broadcast(ctx, 1); err != nil || !bytes.Equal(got, value) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		if got, err := l.Broadcast(ctx, 2); err != nil || len(got) != 0 {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		if _, err := l.Broadcast(ctx, 3); err == nil || !strings.Contains(err.Error(), "no such value") {
			t.Errorf("%v", err)
		}
	})
}

func TestQuestionEndsWithItsContext(t *testing.T) {
	d := &driver{attach: func(s control.Stream) error { <-s.Context().Done(); return nil }}
	join(t, d, func(t *testing.T, dial func() control.Link) {
		l := dial()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if _, err := l.Commit(ctx, &control.CommitRequest{Partition: 99}); err == nil {
			t.Fatal("an answer came")
		}
	})
}

func TestStrangerReachesNothing(t *testing.T) {
	ours, err := identity.New()
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := identity.New()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &driver{attach: func(control.Stream) error {
		t.Error("a stranger's stream reached the driver")
		return nil
	}}
	serve(t, func(ctx context.Context) error { return control.Serve(ctx, l, ours, d) })
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	link, err := control.Dial(ctx, l.Addr().String(), theirs)
	if err == nil {
		_, err = link.Recv()
		_ = link.Close()
	}
	if err == nil {
		t.Fatal("a stranger was let in")
	}
}

func TestOversizedMessageIsRefused(t *testing.T) {
	id, err := identity.New()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &driver{attach: func(s control.Stream) error {
		_, err := s.Recv()
		return err
	}}
	serve(t, func(ctx context.Context) error { return control.Serve(ctx, l, id, d) })
	link, err := control.Dial(t.Context(), l.Addr().String(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer link.Close()
	huge := &control.FromExecutor{Message: &control.FromExecutor_Chunk{
		Chunk: &control.ResultChunk{Data: make([]byte, control.MaxMessage+1)},
	}}
	if err := link.Send(huge); err == nil {
		t.Fatal("the message was sent")
	}
}

func TestDialAfterTheEnd(t *testing.T) {
	local := control.NewLocal()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := local.Serve(ctx, &driver{}); err != nil {
		t.Fatal(err)
	}
	if _, err := local.Dial(t.Context()); !errors.Is(err, control.ErrClosed) {
		t.Fatalf("%v", err)
	}
}

func TestDialNobody(t *testing.T) {
	id, err := identity.New()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	link, err := control.Dial(t.Context(), addr, id)
	if err == nil {
		_, err = link.Recv()
		_ = link.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Fatalf("%v", err)
	}
}
