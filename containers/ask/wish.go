package ask

import (
	"cmp"
	"slices"
	"strings"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/resource"
)

// A wish is what is wanted of one line, what there is of it, and what the scheduler was told.
type wish struct {
	line  Line
	other *wish // of the same profile, firm or spare; nil until there is one
	size  resource.Vector
	each  amount // size as nodes count it
	want  int
	hints []containers.HostCount

	held int            // containers given and not gone
	on   map[string]int // held by host, in lower case

	asked  int     // what the scheduler still has to give
	named  []named // hosts it was told, with what is left of that
	told   []Row   // rows it has, hosts and racks first and Anywhere last
	before []Row   // rows it had before; kept for their memory
	dirty  bool    // the rows must be said (again)
	saying bool    // they are in the heartbeat under way
	turn   int     // of the last row under a constraint
}

// named is a host that a wish names, and for how many containers.
type named struct {
	*node
	count int
}

// open is how many containers are still to come. What the profile's other line has too many of
// does as well: an executor that runs is worth more than a new one of the right kind.
func (w *wish) open() int { return max(w.want-w.held-w.other.surplus(), 0) }

// surplus is how many containers there are that are not wanted any more.
func (w *wish) surplus() int {
	if w == nil {
		return 0
	}
	return max(w.held-w.want, 0)
}

// check marks the rows for saying again when the scheduler would give another number, those of the
// other line included.
func (w *wish) check() {
	w.dirty = w.dirty || w.asked != w.open()
	if o := w.other; o != nil {
		o.dirty = o.dirty || o.asked != o.open()
	}
}

// change takes a new number and new hosts over. Saying the same again costs nothing.
func (w *wish) change(size resource.Vector, count int, hints []containers.HostCount) {
	moved := !slices.Equal(w.hints, hints)
	w.size, w.want = size, count
	w.hints = append(w.hints[:0], hints...)
	w.dirty = w.dirty || moved && w.open() > 0
}

// name chooses the hosts for what is open: first those where containers would be of most use, as
// far as they have room, and then round the others. What finds no room is asked for anywhere. Spare
// containers need none and go round all nodes: their tasks must run elsewhere than they do already.
func (w *wish) name(ns *nodes, label string) {
	left := w.open()
	for _, h := range w.hints {
		n := ns.find(h.Host)
		if !n.open() || n.told() && !n.labelled(label) {
			continue
		}
		use := min(h.Count-w.on[strings.ToLower(h.Host)], left)
		if n.told() {
			use = min(use, n.room(w.each))
		}
		left -= w.nameOne(ns, n, use)
	}
	room := w.each
	if w.line.Spare {
		room = ns.amount(resource.Vector{}) // it may wait on a full node
	}
	for ix := ns.index(label, room); left > 0; {
		n := ix.next(room)
		if n == nil {
			return
		}
		left -= w.nameOne(ns, n, 1)
	}
}

// nameOne names a host for some more containers, and counts them there.
func (w *wish) nameOne(ns *nodes, n *node, count int) int {
	if count <= 0 {
		return 0
	}
	if n.namedAt >= len(w.named) || w.named[n.namedAt].node != n {
		n.namedAt, w.named = len(w.named), append(w.named, named{node: n})
	}
	w.named[n.namedAt].count += count
	n.named.add(w.each, count)
	ns.take(n, w.each, count)
	return count
}

// unname takes back what hosts were named for and did not give.
func (w *wish) unname(ns *nodes) {
	for _, x := range w.named {
		x.node.named.add(w.each, -x.count)
		ns.take(x.node, w.each, -x.count)
	}
	w.named = w.named[:0]
}

// came counts a container on its host: one that was named for it, or one more.
func (w *wish) came(ns *nodes, n *node) {
	for i := range w.named {
		if x := &w.named[i]; x.node == n && x.count > 0 {
			x.count--
			n.named.add(w.each, -1)
			return
		}
	}
	ns.take(n, w.each, 1)
}

// rows are the whole wish as the scheduler wants to hear it, in place of what out held.
func (w *wish) rows(out []Row, label string) []Row {
	out = out[:0]
	if w.open() == 0 {
		return out
	}
	for _, x := range w.named {
		out = append(out, Row{Line: w.line, Place: x.Host, Size: w.size, Count: x.count})
	}
	racks := map[string]int{}
	for _, x := range w.named {
		at, again := racks[x.Rack]
		if !again {
			at = len(out)
			racks[x.Rack] = at
			out = append(out, Row{Line: w.line, Place: x.Rack, Size: w.size})
		}
		out[at].Count += x.count
	}
	return append(out, Row{Line: w.line, Place: Anywhere, Size: w.size, Count: w.open(), Label: label})
}

// constrained is the wish as one row, another one than any before.
func (w *wish) constrained(out []Row) []Row {
	out = out[:0]
	if w.open() == 0 {
		return out
	}
	w.turn++
	return append(out, Row{Line: w.line, Place: Anywhere, Size: w.size, Count: w.open(), Turn: w.turn})
}

// withdraw appends the old rows that no new one replaces, with a count of 0. Both list places
// mostly in the same order, so that the search begins where the last one ended.
func withdraw(out, old, next []Row) []Row {
	at := 0
	for _, o := range old {
		if at = find(next, at, o); at < 0 {
			at, o.Count = 0, 0
			out = append(out, o)
		}
	}
	return out
}

// find is where rows have another's place and turn, looked for from a position on and round; -1:
// nowhere.
func find(rows []Row, from int, old Row) int {
	for i := range rows {
		at := (from + i) % len(rows)
		if rows[at].Place == old.Place && rows[at].Turn == old.Turn {
			return at
		}
	}
	return -1
}

func byLine(w *wish, l Line) int { return cmp.Compare(w.line.compare(l), 0) }
