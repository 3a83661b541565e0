package plan_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/plan"
	"github.com/weft-data/weft/resource"
)

// TestStagesHaveTheirDatasetsProfile: a stage has the profile of the datasets that it computes, and
// a shuffle parts them.
func TestStagesHaveTheirDatasetsProfile(t *testing.T) {
	profile := func(id resource.ID) *resource.ID { return &id }
	for _, test := range []struct {
		name                 string
		source, mapped, wide *resource.ID
		mapStage, result     resource.ID
	}{
		{"none", nil, nil, nil, 0, 0},
		{"one", profile(2), nil, nil, 2, 0},
		{"behind the shuffle", nil, nil, profile(1), 0, 1},
		{"the same twice", profile(2), profile(2), profile(1), 2, 1},
		{"two of a stage", profile(1), profile(2), nil, 3, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			source := &plan.Node{Kind: plan.Source, Partitions: 1, Parts: make([]plan.Part, 1),
				Label: "source at a.go:1", Profile: test.source}
			mapped := &plan.Node{ID: 1, Kind: plan.Narrow, Partitions: 1, Label: "map at a.go:2",
				Inputs: []plan.Input{{Node: source, Shuffle: dag.NoShuffle}}, Profile: test.mapped}
			wide := &plan.Node{ID: 2, Kind: plan.Wide, Partitions: 1,
				Inputs: []plan.Input{{Node: mapped, Shuffle: 0, Stage: 0}}, Profile: test.wide}
			sum := func(a, b resource.ID) (resource.ID, error) { return a + b, nil }
			job, err := plan.Compile(wide, plan.Action{Merge: sum}, 1)
			if err != nil {
				t.Fatal(err)
			}
			if m, r := job.Stages[0].Profile, job.Stages[1].Profile; m != test.mapStage || r != test.result {
				t.Errorf("profiles %d and %d, want %d and %d", m, r, test.mapStage, test.result)
			}
			if test.mapStage < 3 {
				return
			}
			_, err = plan.Compile(wide, plan.Action{}, 1)
			if err == nil || !strings.Contains(err.Error(), "by source at a.go:1 and by map at a.go:2") {
				t.Errorf("without merging: %v", err)
			}
			bad := errors.New("no such profile")
			refuse := func(a, b resource.ID) (resource.ID, error) { return 0, bad }
			if _, err := plan.Compile(wide, plan.Action{Merge: refuse}, 1); !errors.Is(err, bad) {
				t.Errorf("a merger that fails: %v", err)
			}
		})
	}
}
