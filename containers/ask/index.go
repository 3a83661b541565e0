package ask

import "slices"

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
		ix.groups[s.group].fix(s.pos, ix.entry(n))
		return
	case s.in:
		ix.groups[s.group].remove(s.pos)
		s.in = false
	}
	if belongs {
		s.in, s.group = true, n.ours
		ix.groups[n.ours].push(ix.entry(n))
	}
}

func (ix *index) entry(n *node) entry { return entry{ix.scarce(n), n.free.memory, n} }

// looks bounds the search in a group whose first node lacks memory but not the rarer resource by
// which the group is ordered.
const looks = 32

// next is the node to ask for a container of the size, nil when none has room.
func (ix *index) next(size amount) *node {
	for i := range ix.groups {
		entries := ix.groups[i].entries
		if len(ix.types) == 0 {
			entries = entries[:min(len(entries), 1)] // the first has most memory
		}
		for _, e := range entries[:min(len(entries), looks)] {
			if e.node.room(size) > 0 {
				return e.node
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
