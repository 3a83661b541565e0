package executor

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/weft-data/weft/dag"
)

// The queue of spans behaves like the plain list of tasks that it stands for.
func TestQueueIsAListOfTasks(t *testing.T) {
	stages := []*stage{{id: 0}, {id: 1}}
	rapid.Check(t, func(t *rapid.T) {
		q := newQueue()
		var list []dag.Task
		busy, attempt := 0, int32(0)
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				s := rapid.SampledFrom(stages).Draw(t, "stage")
				first := rapid.Int32Range(0, 20).Draw(t, "first")
				count := rapid.Int32Range(1, 10).Draw(t, "count")
				q.put(span{stage: s, next: first, end: first + count, attempt: attempt})
				for p := first; p < first+count; p++ {
					list = append(list, dag.Task{Stage: s.id, Partition: p, Attempt: attempt})
				}
				attempt++
			},
			"take": func(t *rapid.T) {
				if len(list) == 0 {
					return
				}
				taken, ok := q.take()
				s, got := taken.stage, taken.task
				if !ok || got != list[0] || s.id != got.Stage {
					t.Fatalf("took %v, want %v", got, list[0])
				}
				list, busy = list[1:], busy+1
			},
			"done": func(t *rapid.T) {
				if busy == 0 {
					return
				}
				busy--
				if idle := q.done(); idle != (busy == 0 && len(list) == 0) {
					t.Fatalf("idle is %v", idle)
				}
			},
			"remove": func(t *rapid.T) {
				task := dag.Task{
					Stage:     dag.StageID(rapid.Int32Range(0, 1).Draw(t, "stage")),
					Partition: rapid.Int32Range(0, 30).Draw(t, "partition"),
					Attempt:   rapid.Int32Range(0, max(attempt-1, 0)).Draw(t, "attempt"),
				}
				i := slices.Index(list, task)
				if _, ok := q.remove(task); ok != (i >= 0) {
					t.Fatalf("removed %v: %v", task, ok)
				}
				if i >= 0 {
					list = slices.Delete(list, i, i+1)
				}
			},
			"": func(t *rapid.T) {
				running, queued := q.load()
				if diff := cmp.Diff([]int{busy, len(list)}, []int{running, queued}); diff != "" {
					t.Fatal(diff)
				}
			},
		})
	})
}

func TestClosedQueueLetsSlotsGo(t *testing.T) {
	q := newQueue()
	done := make(chan bool)
	go func() {
		_, ok := q.take()
		done <- ok
	}()
	q.close()
	if <-done {
		t.Fatal("a closed queue has a task")
	}
}
