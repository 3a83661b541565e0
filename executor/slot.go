package executor

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/shuffle"
)

// slot runs one task after the other.
type slot struct {
	mu struct {
		sync.Mutex
		task   *Task                   // nil: idle
		cancel context.CancelCauseFunc // of it
	}
}

// killedError is the cause of a killed task's context.
type killedError struct{ reason string }

func (e *killedError) Error() string        { return ErrKilled.Error() + ": " + e.reason }
func (e *killedError) Is(target error) bool { return target == ErrKilled }

// kill ends the slot's task if it is the given one.
func (s *slot) kill(t dag.Task, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mu.task != nil && s.mu.task.Task == t {
		s.mu.cancel(&killedError{reason})
	}
}

func (s *slot) set(t *Task, cancel context.CancelCauseFunc) {
	s.mu.Lock()
	s.mu.task, s.mu.cancel = t, cancel
	s.mu.Unlock()
}

// progress is what the slot's task has read; ok is false for an idle slot.
func (s *slot) progress() (t dag.Task, records int64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mu.task == nil {
		return t, 0, false
	}
	return s.mu.task.Task, s.mu.task.read.Load(), true
}

// start runs all slots; the channel closes when the last has ended.
func (e *Executor) start(ctx context.Context) <-chan struct{} {
	var running sync.WaitGroup
	for i := range e.slots {
		running.Go(func() { e.work(ctx, &e.slots[i], &running) })
	}
	done := make(chan struct{})
	go func() { // serve waits for it
		running.Wait()
		close(done)
	}()
	return done
}

// work takes tasks until the queue is closed. User code may end its goroutine (runtime.Goexit);
// then another one takes over the slot.
func (e *Executor) work(ctx context.Context, s *slot, running *sync.WaitGroup) {
	returned := false
	defer func() {
		if !returned {
			running.Go(func() { e.work(ctx, s, running) })
		}
	}()
	for {
		t, ok := e.queue.take()
		if !ok {
			break
		}
		e.run(ctx, s, &t)
	}
	returned = true
}

// errGoexit is the error of a task until it returns.
var errGoexit = errors.New("user code ended its goroutine (runtime.Goexit)")

// run runs one task and reports its end, whatever happens in it.
func (e *Executor) run(ctx context.Context, s *slot, taken *taken) {
	ctx, cancel := context.WithCancelCause(ctx)
	st, t := taken.stage, e.task(taken)
	s.set(t, cancel)
	began := time.Now()
	end := ended{task: taken.task, err: errGoexit}
	defer func() {
		s.set(nil, nil)
		if end.err != nil {
			end.err = e.explain(ctx, t, end.err)
		}
		cancel(nil)
		t.close()
		e.queue.give(taken.holding)
		end.took, end.read = time.Since(began), t.read.Load()
		e.ended(st, t, &end)
	}()
	end.result, end.err = st.run(ctx, t)
}

// run calls the program and turns a panic into a UserError.
func (s *stage) run(ctx context.Context, t *Task) (r Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &UserError{
				Operator: s.template.Name, Partition: int(t.Partition), Record: -1,
				Message: fmt.Sprint("panic: ", p), Stack: string(debug.Stack()),
			}
		}
	}()
	program, err := s.program()
	if err != nil {
		return r, Final(err)
	}
	return program.Run(ctx, t)
}

// explain finds the reason behind the error of a task: after a kill it is the kill, whatever the
// user's code made of its ended context. The executor's log gets the stack; what comes of the
// failure is the driver's to say.
func (e *Executor) explain(ctx context.Context, t *Task, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	var user *UserError
	if errors.As(err, &user) && user.Stack != "" {
		e.Log.Info("task failed", "task", t.Task, "error", err, "stack", user.Stack)
	} else {
		e.Log.Info("task failed", "task", t.Task, "error", err)
	}
	if errors.Is(err, shuffle.ErrCorrupt) {
		t.distrust()
	}
	return err
}
