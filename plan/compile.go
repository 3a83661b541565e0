package plan

import (
	"fmt"
	"slices"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/resource"
)

// Action is what a job does with the records of its last dataset.
type Action struct {
	Op     string // identity of the action's operator
	Label  string
	Params []byte
	// Partitions is the ascending subset to compute; nil means all.
	Partitions []int32
	// Merge gives the resource profile of a stage whose datasets ask for two; nil: that is an error.
	Merge func(a, b resource.ID) (resource.ID, error)
}

// Compiled is a job as the scheduler takes it, and the fragments that executors run, one
// for each stage.
type Compiled struct {
	Stages    []dag.Stage
	Fragments map[dag.StageID][]byte
	Largest   map[dag.StageID]Piece // of each fragment
}

// Compile cuts the lineage of root, which must be resolved, into stages: a map stage for
// each shuffle it depends on, parents first, and a result stage with the given id that
// performs the action.
func Compile(root *Node, a Action, result dag.StageID) (Compiled, error) {
	c := compiler{Compiled{
		Fragments: map[dag.StageID][]byte{}, Largest: map[dag.StageID]Piece{},
	}, a.Merge}
	for _, n := range Lineage(root) {
		for i, in := range n.Inputs {
			if !in.Wide() {
				continue
			}
			if err := c.mapStage(n, i); err != nil {
				return c.Compiled, err
			}
		}
	}
	stage := newStage(result, a.Label, root)
	stage.Shuffle, stage.Partitions = dag.NoShuffle, a.Partitions
	return c.Compiled, c.add(stage, root, Target{Op: a.Op, Label: a.Label, Params: a.Params})
}

type compiler struct {
	Compiled
	merge func(a, b resource.ID) (resource.ID, error)
}

// mapStage adds the stage that writes input i of the wide node n.
func (c *compiler) mapStage(n *Node, i int) error {
	in := n.Inputs[i]
	stage := newStage(in.Stage, n.Label, in.Node)
	stage.Shuffle, stage.Reduces = in.Shuffle, n.Partitions
	return c.add(stage, in.Node, Target{
		Op: n.Op, Label: n.Label, Params: n.Params, Write: true, Input: i, Partitions: n.Partitions,
	})
}

func newStage(id dag.StageID, name string, root *Node) dag.Stage {
	s := dag.Stage{ID: id, Name: name, Tasks: root.Partitions, Deterministic: true, Prefs: prefs(root)}
	s.Parents, s.Cached = reads(root)
	return s
}

func (c *compiler) add(stage dag.Stage, root *Node, target Target) error {
	profile, err := profileOf(root, c.merge)
	if err != nil {
		return fmt.Errorf("stage %d (%s): %w", stage.ID, stage.Name, err)
	}
	stage.Profile = profile
	f := fragment(root, target)
	b, err := f.Encode()
	if err != nil {
		return fmt.Errorf("stage %d: %w", stage.ID, err)
	}
	c.Stages = append(c.Stages, stage)
	c.Fragments[stage.ID], c.Largest[stage.ID] = b, f.largest()
	return nil
}

// prefs collects the preferred hosts of all partitions, or none at all when no source has any.
func prefs(root *Node) dag.Prefs {
	sourced := slices.ContainsFunc(Pipelined(root), func(n *Node) bool {
		return slices.ContainsFunc(n.Parts, func(p Part) bool { return len(p.Hosts) > 0 })
	})
	if !sourced {
		return dag.Prefs{}
	}
	hosts := make([][]string, root.Partitions)
	for p := range hosts {
		hosts[p] = root.Hosts(p)
	}
	return dag.MakePrefs(hosts)
}

// reads walks the pipeline of root down to the shuffles it reads. Persisted datasets on the way
// that are numbered as the stage is guard what lies behind them. Where several ways lead to one
// shuffle, only what guards all of them counts.
func reads(root *Node) (parents []dag.Parent, cached []dag.DatasetID) {
	pipeline := Pipelined(root)
	guards := map[*Node][]dag.DatasetID{}
	aligned := map[*Node]bool{root: true}
	for _, n := range slices.Backward(pipeline) {
		if n.Persist != NotPersisted && aligned[n] {
			guards[n] = append(slices.Clone(guards[n]), n.ID)
			cached = append(cached, n.ID)
		}
		for _, in := range n.Inputs {
			if in.Wide() {
				parents = addParent(parents, dag.Parent{
					Shuffle: in.Shuffle, Aligned: aligned[n], Guards: guards[n],
				})
				continue
			}
			straight := aligned[n] && n.Kind != Union && n.Kind != Coalesce
			if _, met := aligned[in.Node]; met {
				guards[in.Node] = common(guards[in.Node], guards[n])
				aligned[in.Node] = aligned[in.Node] && straight
				continue
			}
			guards[in.Node], aligned[in.Node] = guards[n], straight
		}
	}
	slices.SortFunc(parents, func(a, b dag.Parent) int { return int(a.Shuffle - b.Shuffle) })
	return parents, cached
}

func addParent(parents []dag.Parent, p dag.Parent) []dag.Parent {
	for i := range parents {
		if parents[i].Shuffle == p.Shuffle {
			parents[i].Aligned = parents[i].Aligned && p.Aligned
			parents[i].Guards = common(parents[i].Guards, p.Guards)
			return parents
		}
	}
	return append(parents, p)
}

func common(a, b []dag.DatasetID) []dag.DatasetID {
	var both []dag.DatasetID
	for _, id := range a {
		if slices.Contains(b, id) {
			both = append(both, id)
		}
	}
	return both
}
