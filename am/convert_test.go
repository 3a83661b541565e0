package am

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/scheduler"
)

// Whatever an executor sends becomes as many ends as it has tasks, or is refused.
func FuzzTaskEnds(f *testing.F) {
	for _, m := range []*control.TasksEnded{
		{},
		{Stages: []*control.StageEnds{{
			Partitions: []int32{1, 2}, Attempts: []int32{0, 0}, Micros: []uint32{5, 6},
			Details: []*control.Detail{{Index: 1, Failure: &control.Failure{Kind: control.Failure_FETCH}}},
		}}},
		{Stages: []*control.StageEnds{{Partitions: []int32{1}, Details: []*control.Detail{{Index: -7}}}}},
	} {
		b, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var m control.TasksEnded
		if proto.Unmarshal(data, &m) != nil {
			return
		}
		ends, err := taskEnds(&m)
		if err != nil {
			return
		}
		n := 0
		for _, g := range m.Stages {
			n += len(g.Partitions)
		}
		if len(ends) != n {
			t.Fatalf("%d ends of %d tasks", len(ends), n)
		}
		b := &batch{message: &m}
		for _, e := range ends { // the machine's answers are in the same order
			if e.Outcome == scheduler.Success {
				b.find(e.Task)
			}
		}
	})
}

func TestFailureBecomesAnOutcome(t *testing.T) {
	for kind, want := range map[control.Failure_Kind]scheduler.Outcome{
		control.Failure_ENGINE:        scheduler.Failed,
		control.Failure_USER:          scheduler.Failed,
		control.Failure_FETCH:         scheduler.FetchFailed,
		control.Failure_KILLED:        scheduler.Killed,
		control.Failure_COMMIT_DENIED: scheduler.CommitDenied,
		99:                            scheduler.Failed,
	} {
		var end scheduler.TaskEnd
		failed(&end, &control.Failure{Kind: kind, Message: "m"})
		if end.Outcome != want {
			t.Errorf("%s: %s", kind, end.Outcome)
		}
	}
}

func TestBatchFindsValuesInOrder(t *testing.T) {
	m := &control.TasksEnded{Stages: []*control.StageEnds{
		{Stage: 1, Partitions: []int32{4, 5}, Attempts: []int32{0, 1}, Micros: []uint32{1, 1},
			Details: []*control.Detail{{Index: 1, Chunked: true}}},
		{Stage: 2, Partitions: []int32{4}, Attempts: []int32{0}, Micros: []uint32{1}},
	}}
	ends, err := taskEnds(m)
	if err != nil {
		t.Fatal(err)
	}
	b := &batch{message: m}
	if g, i, d := b.find(ends[1].Task); g != m.Stages[0] || i != 1 || !d.GetChunked() {
		t.Errorf("%v %d %v", g, i, d)
	}
	if g, i, d := b.find(ends[2].Task); g != m.Stages[1] || i != 0 || d != nil {
		t.Errorf("%v %d %v", g, i, d)
	}
	if g, _, _ := b.find(ends[0].Task); g != nil {
		t.Error("a task was found twice")
	}
}

func TestLongDifferenceIsCut(t *testing.T) {
	ours, theirs := "same\n", "same\n"
	for _, c := range "abcdefghij" {
		ours += "ours " + string(c) + "\n"
	}
	e := &executor{id: 3, container: containers.Container{Host: "h"}}
	err := manifestError(e, ours, theirs).Error()
	if !strings.Contains(err, "executor e3 on h") || !strings.Contains(err, "10 differences") ||
		!strings.Contains(err, "only in the driver: ours e") || strings.Contains(err, "ours f") {
		t.Error(err)
	}
}
