package weft

import (
	"fmt"

	"github.com/weft-data/weft/internal/codec"
)

// Broadcast is a value that the driver gives to all executors, each of which fetches it once. It
// travels as (a part of) an operator's parameter:
//
//	var known = weft.FilterWith(func(
//		t *weft.Task, words weft.Broadcast[map[string]bool],
//	) (func(string) bool, error) {
//		set, err := words.In(t)
//		return func(word string) bool { return set[word] }, err
//	})
type Broadcast[T any] struct{ ID int64 }

// NewBroadcast encodes v, which may hold maps, and keeps it for the executors.
func NewBroadcast[T any](s *Session, v T) (Broadcast[T], error) {
	b, err := codec.Marshal(v)
	if err != nil {
		return Broadcast[T]{}, fmt.Errorf("broadcast: %w", err)
	}
	return Broadcast[T]{s.driver.Broadcast(b)}, nil
}

// In gives the value to a task. It is decoded once for the executor and shared by its tasks, so
// nobody may change it.
func (b Broadcast[T]) In(t *Task) (T, error) {
	v, err := t.b.Task.Decoded(t.b.Ctx, b.ID, func(raw []byte) (any, error) {
		v, err := codec.Unmarshal[T](raw)
		return v, err
	})
	if err != nil {
		var none T
		return none, fmt.Errorf("broadcast %d: %w", b.ID, err)
	}
	return v.(T), nil
}

// Drop frees the value in the driver and the executors. Tasks that still ask for it fail.
func (b Broadcast[T]) Drop(s *Session) { s.driver.DropBroadcast(b.ID) }
