package ask

import (
	"cmp"
	"container/heap"
	"slices"
	"strings"
)

// An index finds, among the nodes that serve a label and have certain resources, the next one to
// ask for a container: one with as few of ours as any, so that executors stand on as many machines
// as possible, and of those the one with most room. Finding it and counting a container on it take
// O(log n): a cluster may have 10,000 nodes, and 100 profiles may each want something of them.
type index struct {
	label  string
	types  []int   // of Config.Types: what the sizes it serves ask for beside memory
	groups []group // by the number of ours
	spots  []spot  // by node.at
}

// spot is where an index keeps a node; the zero value is nowhere.
type spot struct {
	in         bool
	group, pos int
}

// group is a heap of the nodes with equally many of ours, most room first.
type group struct {
	index *index
	nodes []*node
}

// index is the one of a label and of what a size asks for, made when it is first needed.
func (ns *nodes) index(label string, size amount) *index {
	var types []int
	for i, each := range size.extra {
		if each > 0 {
			types = append(types, i)
		}
	}
	for _, ix := range ns.indexes {
		if ix.label == label && slices.Equal(ix.types, types) {
			return ix
		}
	}
	ix := &index{label: label, types: types}
	ns.indexes = append(ns.indexes, ix)
	for _, n := range ns.all {
		ix.place(n)
	}
	return ix
}

// place puts a node where it belongs now.
func (ix *index) place(n *node) {
	for len(ix.spots) <= n.at {
		ix.spots = append(ix.spots, spot{})
	}
	for len(ix.groups) <= n.ours {
		ix.groups = append(ix.groups, group{index: ix})
	}
	s := &ix.spots[n.at]
	belongs := n.open() && n.told() && n.labelled(ix.label)
	switch {
	case s.in && belongs && s.group == n.ours:
		heap.Fix(&ix.groups[s.group], s.pos)
		return
	case s.in:
		heap.Remove(&ix.groups[s.group], s.pos)
		s.in = false
	}
	if belongs {
		s.in, s.group = true, n.ours
		heap.Push(&ix.groups[n.ours], n)
	}
}

// looks bounds the search in a group whose first node lacks memory but not the rarer resource by
// which the group is ordered.
const looks = 32

// next is the node to ask for a container of the size, nil when none has room.
func (ix *index) next(size amount) *node {
	for i := range ix.groups {
		nodes := ix.groups[i].nodes
		if len(ix.types) == 0 {
			nodes = nodes[:min(len(nodes), 1)] // the first has most memory
		}
		for _, n := range nodes[:min(len(nodes), looks)] {
			if n.room(size) > 0 {
				return n
			}
		}
	}
	return nil
}

// scarce is how much a node has of the rarest resource that the index is about.
func (ix *index) scarce(n *node) int64 {
	var least int64
	for i, t := range ix.types {
		if free := n.free.extra[t]; i == 0 || free < least {
			least = free
		}
	}
	return least
}

func (g *group) Len() int { return len(g.nodes) }

func (g *group) Less(i, j int) bool {
	a, b := g.nodes[i], g.nodes[j]
	return cmp.Or(cmp.Compare(g.index.scarce(b), g.index.scarce(a)),
		cmp.Compare(b.free.memory, a.free.memory), strings.Compare(a.Host, b.Host)) < 0
}

func (g *group) Swap(i, j int) {
	g.nodes[i], g.nodes[j] = g.nodes[j], g.nodes[i]
	g.index.spots[g.nodes[i].at].pos, g.index.spots[g.nodes[j].at].pos = i, j
}

// Push and Pop are container/heap's.
func (g *group) Push(x any) {
	n := x.(*node)
	g.index.spots[n.at].pos = len(g.nodes)
	g.nodes = append(g.nodes, n)
}

func (g *group) Pop() any {
	last := len(g.nodes) - 1
	n := g.nodes[last]
	g.nodes[last] = nil
	g.nodes = g.nodes[:last]
	return n
}
