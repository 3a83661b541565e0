package am

import (
	"context"
)

// question is an executor's question to the loop; answer runs in the loop.
type question[A any] struct {
	answer func(l *loop, reply chan<- A)
	reply  chan A // room for the one answer
}

func (q question[A]) happen(l *loop) { q.answer(l, q.reply) }

// ask puts a question to the loop and waits for the answer.
func ask[A any](
	ctx context.Context, d *Driver, answer func(l *loop, reply chan<- A),
) (a A, err error) {
	q := question[A]{answer: answer, reply: make(chan A, 1)}
	if !d.post(q) {
		return a, d.endedError()
	}
	select {
	case a = <-q.reply:
		return a, nil
	case <-ctx.Done():
		return a, context.Cause(ctx)
	case <-d.ended:
		return a, d.endedError()
	}
}
