package plan

import (
	"encoding/json"
	"fmt"

	"github.com/weft-data/weft/dag"
)

// Fragment is what an executor needs to run the tasks of one stage: the nodes of the pipeline,
// inputs first, and what becomes of the last one's records. It is JSON, so that logs and golden
// files can show it.
type Fragment struct {
	Nodes  []FragmentNode `json:"nodes"`
	Target Target         `json:"target"`
}

// FragmentNode is a Node as executors see it; inputs are indexes into the fragment.
type FragmentNode struct {
	ID         dag.DatasetID   `json:"id"`
	Kind       Kind            `json:"kind"`
	Op         string          `json:"op"`
	Label      string          `json:"label"`
	Type       string          `json:"type"`
	Params     []byte          `json:"params,omitempty"`
	Inputs     []FragmentInput `json:"inputs,omitempty"`
	Partitions int             `json:"partitions"`
	Parts      Parts           `json:"parts,omitzero"`
	Persist    Level           `json:"persist,omitempty"`
}

// FragmentInput reads a shuffle, or node Node of the fragment.
type FragmentInput struct {
	Node       int           `json:"node"` // -1 when a shuffle is read
	Shuffle    dag.ShuffleID `json:"shuffle"`
	Partitions int           `json:"partitions,omitempty"` // of the narrow input
}

// Target says what becomes of the last node's records. A map stage writes them for input Input of
// the wide operator Op; a result stage hands them to the action Op.
type Target struct {
	Op         string `json:"op"`
	Label      string `json:"label"`
	Params     []byte `json:"params,omitempty"`
	Write      bool   `json:"write,omitempty"`
	Input      int    `json:"input,omitempty"`
	Partitions int    `json:"partitions,omitempty"` // of the shuffle
}

// fragment collects the stage that ends in root.
func fragment(root *Node, target Target) Fragment {
	nodes := Pipelined(root)
	index := make(map[*Node]int, len(nodes))
	f := Fragment{Target: target}
	for i, n := range nodes {
		index[n] = i
		f.Nodes = append(f.Nodes, fragmentNode(n, index))
	}
	return f
}

func fragmentNode(n *Node, index map[*Node]int) FragmentNode {
	out := FragmentNode{ID: n.ID, Kind: n.Kind, Op: n.Op, Label: n.Label, Type: n.Type,
		Params: n.Params, Partitions: n.Partitions, Persist: n.Persist}
	for _, in := range n.Inputs {
		if in.Wide() {
			out.Inputs = append(out.Inputs, FragmentInput{Node: -1, Shuffle: in.Shuffle})
			continue
		}
		out.Inputs = append(out.Inputs,
			FragmentInput{Node: index[in.Node], Shuffle: dag.NoShuffle, Partitions: in.Node.Partitions})
	}
	out.Parts = packParts(n.Parts)
	return out
}

// Encode makes the bytes that travel.
func (f Fragment) Encode() ([]byte, error) {
	b, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("encode the stage of %s: %w", f.Target.Label, err)
	}
	return b, nil
}

// DecodeFragment reads what Encode made, and refuses a graph that does not hold together.
func DecodeFragment(b []byte) (Fragment, error) {
	var f Fragment
	if err := json.Unmarshal(b, &f); err != nil {
		return f, fmt.Errorf("decode a stage of %d bytes: %w", len(b), err)
	}
	if len(f.Nodes) == 0 {
		return f, fmt.Errorf("decode a stage of %d bytes: it has no dataset", len(b))
	}
	for i, n := range f.Nodes {
		for _, in := range n.Inputs {
			if in.Node >= i || in.Node < -1 {
				return f, fmt.Errorf("decode a stage: dataset %d reads dataset %d before it is made", i,
					in.Node)
			}
		}
		if n.Kind == Source && n.Parts.Len() != n.Partitions {
			return f, fmt.Errorf("decode a stage: source %d has %d parts for %d partitions", i,
				n.Parts.Len(), n.Partitions)
		}
	}
	return f, nil
}

// Needs is Node.Needs for a node of a fragment.
func (n FragmentNode) Needs(i, p int) (first, count int) {
	whole := Node{Kind: n.Kind, Partitions: n.Partitions}
	for _, in := range n.Inputs {
		whole.Inputs = append(whole.Inputs, Input{Node: &Node{Partitions: in.Partitions}})
	}
	return whole.Needs(i, p)
}
