package dag_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/weft-data/weft/dag"
)

// mapStage and result make the smallest valid stages.
func mapStage(id dag.StageID, shuffle dag.ShuffleID, reads ...dag.ShuffleID) dag.Stage {
	return dag.Stage{ID: id, Tasks: 2, Shuffle: shuffle, Reduces: 2, Parents: parents(reads)}
}

func result(id dag.StageID, reads ...dag.ShuffleID) dag.Stage {
	return dag.Stage{ID: id, Tasks: 2, Shuffle: dag.NoShuffle, Parents: parents(reads)}
}

func parents(ids []dag.ShuffleID) (list []dag.Parent) {
	for _, id := range ids {
		list = append(list, dag.Parent{Shuffle: id})
	}
	return list
}

func TestValidate(t *testing.T) {
	with := func(s dag.Stage, change func(*dag.Stage)) dag.Stage {
		change(&s)
		return s
	}
	for _, test := range []struct {
		name   string
		stages []dag.Stage
		want   string // part of the error, "" for none
	}{
		{"one stage", []dag.Stage{result(0)}, ""},
		{"two stages", []dag.Stage{mapStage(0, 0), result(1, 0)}, ""},
		{"no tasks", []dag.Stage{with(result(0), func(s *dag.Stage) { s.Tasks = 0 })}, ""},
		{"a subset", []dag.Stage{with(result(0), func(s *dag.Stage) { s.Partitions = []int32{1} })}, ""},
		{"preferences", []dag.Stage{with(result(0), func(s *dag.Stage) {
			s.Prefs = dag.MakePrefs([][]string{{"a"}, nil})
		})}, ""},
		{"no stages", nil, "no stages"},
		{"negative stage", []dag.Stage{result(-1)}, "negative id"},
		{"id twice", []dag.Stage{mapStage(0, 0), result(0)}, "id used twice"},
		{"too many tasks", []dag.Stage{with(result(0), func(s *dag.Stage) {
			s.Tasks = dag.MaxTasks + 1
		})}, "tasks, want 0 to"},
		{"result in the middle", []dag.Stage{result(0), result(1)}, "the last stage"},
		{"no result", []dag.Stage{mapStage(0, 0)}, "the last stage"},
		{"parent unknown", []dag.Stage{result(0, 3)}, "reads shuffle 3"},
		{"parent after child", []dag.Stage{mapStage(0, 0, 1), mapStage(1, 1), result(2, 0)},
			"reads shuffle 1"},
		{"shuffle twice", []dag.Stage{mapStage(0, 0), mapStage(1, 0), result(2, 0)}, "written twice"},
		{"subset of a map stage", []dag.Stage{with(mapStage(0, 0), func(s *dag.Stage) {
			s.Partitions = []int32{0}
		}), result(1, 0)}, "only a result stage"},
		{"partition outside", []dag.Stage{with(result(0), func(s *dag.Stage) {
			s.Partitions = []int32{2}
		})}, "partition 2"},
		{"partition twice", []dag.Stage{with(result(0), func(s *dag.Stage) {
			s.Partitions = []int32{1, 1}
		})}, "partition 1"},
		{"short preferences", []dag.Stage{with(result(0), func(s *dag.Stage) {
			s.Prefs = dag.MakePrefs([][]string{{"a"}})
		})}, "do not match"},
		{"preferences out of order", []dag.Stage{with(result(0), func(s *dag.Stage) {
			s.Prefs = dag.Prefs{Hosts: []string{"a"}, Offsets: []int32{0, 2, 1}, Index: []int32{0}}
		})}, "out of order"},
		{"unknown host", []dag.Stage{with(result(0), func(s *dag.Stage) {
			s.Prefs = dag.Prefs{Offsets: []int32{0, 1, 1}, Index: []int32{0}}
		})}, "preferred host 0 of 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := dag.Job{Stages: test.stages}.Validate()
			switch {
			case test.want == "" && err != nil:
				t.Fatal(err)
			case test.want != "" &&
				(!errors.Is(err, dag.ErrInvalid) || !strings.Contains(err.Error(), test.want)):
				t.Fatalf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestMakePrefs(t *testing.T) {
	rows := [][]string{{"a", "b"}, nil, {"b"}, {"c", "a"}}
	p := dag.MakePrefs(rows)
	var got [][]string
	for i := range rows {
		var row []string
		for _, h := range p.Of(int32(i)) {
			row = append(row, p.Hosts[h])
		}
		got = append(got, row)
	}
	if d := cmp.Diff(rows, got); d != "" {
		t.Error(d)
	}
	if empty := dag.MakePrefs(make([][]string, 3)); !empty.None() {
		t.Error("rows without hosts are a preference")
	}
	var zero dag.Prefs
	if zero.Of(2) != nil {
		t.Error("the zero value has a preference")
	}
}

func ExampleTask_String() {
	fmt.Println(dag.Task{Stage: 3, Partition: 7, Attempt: 1})
	// Output: task 3.7 attempt 1
}
