package executor

import (
	"testing"

	"github.com/hashicorp/go-hclog"
	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/control"
)

// What comes from the network neither panics nor lets the queue hold tasks that the stage lacks.
func FuzzObey(f *testing.F) {
	for _, m := range []*control.ToExecutor{
		{Message: &control.ToExecutor_Launch{Launch: &control.LaunchTasks{Stage: 1, Ranges: []int32{0, 4, 0}}}},
		{Message: &control.ToExecutor_Launch{Launch: &control.LaunchTasks{Stage: 1, Ranges: []int32{9, 1 << 30, 0}}}},
		{Message: &control.ToExecutor_Kill{Kill: &control.KillTasks{Tasks: []int32{1, 0, 0, 7}}}},
		{Message: &control.ToExecutor_Stop{Stop: &control.Stop{}}},
		{},
	} {
		b, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var m control.ToExecutor
		if proto.Unmarshal(data, &m) != nil || m.GetDrop() != nil {
			return
		}
		e := &Executor{queue: newQueue(), slots: make([]slot, 2)}
		e.Log = hclog.NewNullLogger()
		e.report = newReport(e.queue)
		e.stages.add(nil, &control.StageTemplate{Stage: 1, Tasks: 10})
		_ = e.obey(&m)
		for _, s := range e.queue.mu.spans {
			if s.next < 0 || s.end > 10 || s.next >= s.end {
				t.Fatalf("span [%d,%d) of 10 tasks", s.next, s.end)
			}
		}
	})
}
