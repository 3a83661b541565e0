package plan_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/internal/golden"
	"github.com/weft-data/weft/plan"
)

// builder makes small lineages.
type builder struct{ nodes, shuffles int }

func (b *builder) node(
	kind plan.Kind, label string, partitions int, inputs ...plan.Input,
) *plan.Node {
	b.nodes++
	return &plan.Node{ID: dag.DatasetID(b.nodes), Kind: kind, Op: label, Label: label,
		Partitions: partitions, Inputs: inputs}
}

func (b *builder) source(partitions int, hosts ...string) *plan.Node {
	n := b.node(plan.Source, "textFile", partitions)
	n.Parts = make([]plan.Part, partitions)
	for i := range hosts {
		n.Parts[i].Hosts = []string{hosts[i]}
	}
	return n
}

func (b *builder) narrow(label string, in *plan.Node) *plan.Node {
	return b.node(plan.Narrow, label, in.Partitions, straight(in))
}

func (b *builder) wide(label string, partitions int, inputs ...plan.Input) *plan.Node {
	return b.node(plan.Wide, label, partitions, inputs...)
}

// by is an input through a new shuffle.
func (b *builder) by(in *plan.Node) plan.Input {
	b.shuffles++
	return plan.Input{Node: in, Shuffle: dag.ShuffleID(b.shuffles), Stage: dag.StageID(b.shuffles)}
}

func straight(in *plan.Node) plan.Input { return plan.Input{Node: in, Shuffle: dag.NoShuffle} }

// lineages are the programs whose plans are kept as golden files.
var lineages = map[string]func(b *builder) *plan.Node{
	"narrow_chain_is_one_stage": func(b *builder) *plan.Node {
		return b.narrow("filter", b.narrow("map", b.source(3, "a", "b", "a")))
	},
	"word_count": func(b *builder) *plan.Node {
		return b.wide("reduceByKey", 2, b.by(b.narrow("flatMap", b.source(4))))
	},
	"join_of_two_shuffles": func(b *builder) *plan.Node {
		return b.wide("join", 2, b.by(b.source(2)), b.by(b.source(3)))
	},
	"join_of_co_partitioned_is_narrow": func(b *builder) *plan.Node {
		left := b.wide("reduceByKey", 2, b.by(b.source(2)))
		right := b.wide("groupByKey", 2, b.by(b.source(2)))
		return b.wide("join", 2, straight(left), straight(right))
	},
	"shared_shuffle_is_one_stage": func(b *builder) *plan.Node {
		counts := b.wide("reduceByKey", 2, b.by(b.source(2)))
		return b.node(plan.Union, "union", 4, straight(counts), straight(b.narrow("map", counts)))
	},
	"persisted_dataset_guards_its_shuffle": func(b *builder) *plan.Node {
		counts := b.wide("reduceByKey", 2, b.by(b.source(2)))
		counts.Persist = plan.MemoryOnly
		return b.narrow("map", counts)
	},
	"persisted_behind_a_coalesce_guards_nothing": func(b *builder) *plan.Node {
		counts := b.wide("reduceByKey", 4, b.by(b.source(2)))
		counts.Persist = plan.MemoryOnly
		return b.node(plan.Coalesce, "coalesce", 2, straight(counts))
	},
	"coalesce_prefers_its_first_host": func(b *builder) *plan.Node {
		return b.node(plan.Coalesce, "coalesce", 2, straight(b.source(4, "a", "b", "c", "d")))
	},
}

func TestStagesOfSmallPrograms(t *testing.T) {
	for name, lineage := range lineages {
		t.Run(name, func(t *testing.T) {
			root := lineage(&builder{})
			golden.Check(t, name+".txt", plan.Explain(root)+"\n"+stages(t, root))
		})
	}
}

// stages prints a compiled job.
func stages(t *testing.T, root *plan.Node) string {
	t.Helper()
	job, err := plan.Compile(root, plan.Action{Op: "count", Label: "count"}, 100)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, s := range job.Stages {
		fmt.Fprintf(&out, "stage %d %q: %d tasks", s.ID, s.Name, s.Tasks)
		if !s.Result() {
			fmt.Fprintf(&out, ", writes shuffle %d in %d", s.Shuffle, s.Reduces)
		}
		for _, p := range s.Parents {
			fmt.Fprintf(&out, ", reads shuffle %d", p.Shuffle)
			if len(p.Guards) > 0 {
				fmt.Fprintf(&out, " unless %v is cached", p.Guards)
			}
		}
		if len(s.Cached) > 0 {
			fmt.Fprintf(&out, ", caches %v", s.Cached)
		}
		out.WriteByte('\n')
		for p := range int32(s.Tasks) {
			for _, h := range s.Prefs.Of(p) {
				fmt.Fprintf(&out, "  partition %d prefers %s\n", p, s.Prefs.Hosts[h])
			}
		}
		fmt.Fprintf(&out, "  %s\n", job.Fragments[s.ID])
		if _, err := plan.DecodeFragment(job.Fragments[s.ID]); err != nil {
			t.Error(err)
		}
	}
	return out.String()
}

func TestLongLineageNeedsNoStack(t *testing.T) {
	b := &builder{}
	n := b.source(1)
	for range 100_000 {
		n = b.narrow("map", n)
	}
	if got := len(plan.Lineage(n)); got != 100_001 {
		t.Errorf("%d nodes", got)
	}
	if _, err := plan.Compile(n, plan.Action{}, 0); err != nil {
		t.Error(err)
	}
}

func TestResolvePreparesInputsFirstAndOnce(t *testing.T) {
	b := &builder{}
	var order []string
	prepare := func(_ context.Context, n *plan.Node) error {
		order = append(order, n.Label)
		return nil
	}
	source := b.source(1)
	left, right := b.narrow("left", source), b.narrow("right", source)
	root := b.wide("join", 1, b.by(left), b.by(right))
	for _, n := range []*plan.Node{source, left, right, root} {
		n.Prepare = prepare
	}
	for range 2 {
		if err := plan.Resolve(t.Context(), root); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"textFile", "left", "right", "join"}, order); diff != "" {
		t.Error(diff)
	}
	broken := errors.New("no such file")
	root.Prepare = func(context.Context, *plan.Node) error { return broken }
	if err := plan.Resolve(t.Context(), root); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestFingerprintFollowsWhatADatasetHolds(t *testing.T) {
	fingerprint := func(params string) string {
		b := &builder{nodes: 7}
		n := b.narrow("map", b.source(2))
		n.Params = []byte(params)
		return plan.Fingerprint(n)
	}
	first, again, other := fingerprint("a"), fingerprint("a"), fingerprint("b")
	if first != again || first == other {
		t.Error("fingerprints do not follow parameters")
	}
}

func FuzzDecodeFragment(f *testing.F) {
	b := &builder{}
	job, err := plan.Compile(b.wide("join", 2, b.by(b.source(2)), b.by(b.source(1))), plan.Action{}, 9)
	if err != nil {
		f.Fatal(err)
	}
	for _, fragment := range job.Fragments {
		f.Add(fragment)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		fragment, err := plan.DecodeFragment(b)
		if err != nil {
			return
		}
		for _, n := range fragment.Nodes {
			for i := range n.Inputs {
				n.Needs(i, 0)
			}
		}
	})
}
