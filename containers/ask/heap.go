package ask

import "github.com/weft-data/weft/resource"

// group is a heap of the nodes with equally many of ours, most room first. It is container/heap's,
// written out: that one would box each entry, and there are thousands of moves in a heartbeat.
type group struct {
	index   *index
	entries []entry
}

// entry is a node with the room it had when it was placed, so that ordering a heap of thousands
// follows no pointers.
type entry struct {
	scarce int64 // of the rarest resource that the index is about
	memory resource.Megabytes
	node   *node
}

// before says whether a is to be asked before b.
func (a *entry) before(b *entry) bool {
	if a.scarce != b.scarce {
		return a.scarce > b.scarce
	}
	if a.memory != b.memory {
		return a.memory > b.memory
	}
	return a.node.Host < b.node.Host
}

func (g *group) push(e entry) {
	g.entries = append(g.entries, e)
	g.up(len(g.entries)-1, e)
}

// fix gives the entry at a position another room.
func (g *group) fix(at int, e entry) {
	if at > 0 && e.before(&g.entries[(at-1)/2]) {
		g.up(at, e)
		return
	}
	g.down(at, e)
}

func (g *group) remove(at int) {
	last := len(g.entries) - 1
	e := g.entries[last]
	g.entries[last] = entry{}
	g.entries = g.entries[:last]
	if at < last {
		g.fix(at, e)
	}
}

// up puts e where it belongs, from the hole at a position towards the first.
func (g *group) up(at int, e entry) {
	for at > 0 {
		parent := (at - 1) / 2
		if !e.before(&g.entries[parent]) {
			break
		}
		g.set(at, g.entries[parent])
		at = parent
	}
	g.set(at, e)
}

// down puts e where it belongs, from the hole at a position away from the first.
func (g *group) down(at int, e entry) {
	for {
		child := 2*at + 1
		if child >= len(g.entries) {
			break
		}
		if right := child + 1; right < len(g.entries) &&
			g.entries[right].before(&g.entries[child]) {
			child = right
		}
		if !g.entries[child].before(&e) {
			break
		}
		g.set(at, g.entries[child])
		at = child
	}
	g.set(at, e)
}

func (g *group) set(at int, e entry) {
	g.entries[at] = e
	g.index.spots[e.node.at].pos = at
}
