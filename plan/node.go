package plan

import (
	"context"
	"slices"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/resource"
)

// Kind says how a node's partitions come from those of its inputs.
type Kind string

// The kinds of nodes.
const (
	Source   Kind = "source"   // no input; Parts describe the partitions
	Narrow   Kind = "narrow"   // partition p reads partition p of its only input
	Union    Kind = "union"    // the inputs' partitions one after the other
	Coalesce Kind = "coalesce" // partition p reads a run of the input's partitions
	Wide     Kind = "wide"     // each input is a shuffle, or co-partitioned and read as Narrow
)

// Level says where the partitions of a persisted dataset are kept.
type Level string

// The storage levels.
const (
	NotPersisted  Level = ""
	MemoryOnly    Level = "memory"
	DiskOnly      Level = "disk"
	MemoryAndDisk Level = "memory-and-disk"
)

// Partitioner says by what records are spread over partitions. Datasets with equal partitioners are
// co-partitioned: equal keys are in partitions of equal number.
type Partitioner struct {
	Scheme     string        `json:"scheme,omitempty"` // "hash", or "range" cut at Bounds
	Key        string        `json:"key,omitempty"`    // type of the key
	Partitions int           `json:"partitions,omitempty"`
	Bounds     dag.DatasetID `json:"bounds,omitempty"` // range: the node that owns the bounds
}

// Known reports whether records are spread by key at all.
func (p Partitioner) Known() bool { return p.Scheme != "" }

// Part is one partition of a source.
type Part struct {
	Data  []byte   `json:"data,omitempty"`
	Hosts []string `json:"hosts,omitempty"`
}

// Input is one edge of the graph.
type Input struct {
	Node    *Node
	Shuffle dag.ShuffleID // what a wide input reads; dag.NoShuffle for narrow ones
	Stage   dag.StageID   // the map stage that writes it
}

// Wide reports whether the input reads a shuffle.
func (in Input) Wide() bool { return in.Shuffle != dag.NoShuffle }

// Node is one dataset.
type Node struct {
	ID     dag.DatasetID
	Kind   Kind
	Op     string // identity of the operator, or a built-in name
	Label  string // for people: "reduceByKey at main.go:21"
	Type   string // of the records
	Params []byte
	Inputs []Input

	// Partitions is 0 until Resolve has found it out.
	Partitions  int
	Partitioner Partitioner
	Parts       []Part // of a source
	Persist     Level
	Profile     *resource.ID // that its stage is to have; nil: it does not matter

	// Prepare finds out what is only known when an action runs. It may run jobs over the node's
	// inputs, which are resolved before. It is called once; nil means the node is complete.
	Prepare func(context.Context, *Node) error
}

// NarrowInputs are the inputs that the same stage computes.
func (n *Node) NarrowInputs() []*Node {
	var out []*Node
	for _, in := range n.Inputs {
		if !in.Wide() {
			out = append(out, in.Node)
		}
	}
	return out
}

// Needs lists the partitions of input i that partition p of n reads, for a narrow input.
func (n *Node) Needs(i, p int) (first, count int) {
	switch n.Kind {
	case Union:
		for _, in := range n.Inputs[:i] {
			p -= in.Node.Partitions
		}
		if p < 0 || p >= n.Inputs[i].Node.Partitions {
			return 0, 0
		}
		return p, 1
	case Coalesce:
		total := n.Inputs[i].Node.Partitions
		first = p * total / n.Partitions
		return first, (p+1)*total/n.Partitions - first
	default:
		return p, 1
	}
}

// Hosts lists where partition p is best computed: the hosts of the first source that it reads and
// that has any.
func (n *Node) Hosts(p int) []string {
	if n.Kind == Source {
		return n.Parts[p].Hosts
	}
	for i, in := range n.Inputs {
		if in.Wide() {
			continue
		}
		first, count := n.Needs(i, p)
		for q := first; q < first+count; q++ {
			if hosts := in.Node.Hosts(q); len(hosts) > 0 {
				return hosts
			}
		}
	}
	return nil
}

// Resolve prepares n and all it depends on, inputs first. The lineage may be long, so it is walked
// without recursion.
func Resolve(ctx context.Context, n *Node) error {
	for _, node := range Lineage(n) {
		if node.Prepare == nil {
			continue
		}
		if err := node.Prepare(ctx, node); err != nil {
			return err
		}
		node.Prepare = nil
	}
	return nil
}

// Lineage lists n and everything it is made of, inputs before what reads them.
func Lineage(n *Node) []*Node {
	return walk(n, func(m *Node) []*Node {
		all := make([]*Node, len(m.Inputs))
		for i, in := range m.Inputs {
			all[i] = in.Node
		}
		return all
	})
}

// Pipelined lists n and what one stage computes with it, inputs first.
func Pipelined(n *Node) []*Node { return walk(n, (*Node).NarrowInputs) }

// walk lists what next reaches from n in depth-first post order with an explicit stack: a lineage
// of 100,000 iterations must not need 100,000 frames.
func walk(n *Node, next func(*Node) []*Node) []*Node {
	type frame struct {
		node *Node
		rest []*Node
	}
	var out []*Node
	seen := map[*Node]bool{n: true}
	stack := []frame{{n, next(n)}}
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if len(top.rest) == 0 {
			out = append(out, top.node)
			stack = stack[:len(stack)-1]
			continue
		}
		child := top.rest[0]
		top.rest = top.rest[1:]
		if !seen[child] {
			seen[child] = true
			stack = append(stack, frame{child, slices.Clone(next(child))})
		}
	}
	return out
}
