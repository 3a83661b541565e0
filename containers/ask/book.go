package ask

import (
	"slices"
	"strings"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/resource"
)

// Config is what holds for all that a Book asks.
type Config struct {
	Label string   // of the nodes that containers run on; "" is the partition without a label
	Types []string // what nodes have beside memory and cores and containers may ask for
	// Constrained: the scheduler places containers by a constraint of the application's. Rows then
	// name no hosts, and each is said once (Row.Turn).
	Constrained bool
}

// Book holds what an application wants, has, and has asked for. Make one with New.
type Book struct {
	config Config
	wishes []*wish // by line
	nodes  nodes
	out    []Row // of Changes; kept for its memory
}

// New is a Book in which nothing is wanted.
func New(c Config) *Book {
	return &Book{config: c, nodes: nodes{types: c.Types, byHost: map[string]*node{}}}
}

// Want replaces all wishes. Of an Ask, Count firm containers are wanted and Spare ones beside them.
func (b *Book) Want(asks []containers.Ask) {
	named := make(map[Line]bool, 2*len(asks))
	for _, a := range asks {
		b.change(Line{a.Profile, false}, a.Resource, a.Count, a.Hosts)
		named[Line{a.Profile, false}] = true
		if a.Spare > 0 {
			b.change(Line{a.Profile, true}, a.Resource, a.Spare, nil)
			named[Line{a.Profile, true}] = true
		}
	}
	for _, w := range b.wishes {
		if !named[w.line] {
			w.change(w.size, 0, nil)
		}
	}
	for _, w := range b.wishes { // when all are known: what one has too many of serves another
		w.check()
	}
}

func (b *Book) change(l Line, size resource.Vector, count int, hints []containers.HostCount) {
	w := b.wish(l)
	if each := b.nodes.amount(size); w.size.String() != size.String() {
		w.unname(&b.nodes) // it was counted in the old size
		w.each, w.dirty = each, true
	}
	w.change(size, count, hints)
}

// wish is that of a line, a new one where there is none.
func (b *Book) wish(l Line) *wish {
	at, found := slices.BinarySearchFunc(b.wishes, l, byLine)
	if !found {
		w := &wish{line: l, each: b.nodes.amount(resource.Vector{}), on: map[string]int{}}
		b.wishes = slices.Insert(b.wishes, at, w)
		b.pair(Line{l.Profile, !l.Spare}, w)
	}
	return b.wishes[at]
}

// pair has a new wish and that of another line know of each other, if there is one.
func (b *Book) pair(l Line, w *wish) {
	if at, found := slices.BinarySearchFunc(b.wishes, l, byLine); found {
		w.other, b.wishes[at].other = b.wishes[at], w
	}
}

// Size is what a container of the line was asked to have.
func (b *Book) Size(l Line) resource.Vector { return b.wish(l).size }

// Given counts a container that came and says whether it is wanted. One that is not is not in the
// book, and goes back.
func (b *Book) Given(l Line, host string) (wanted bool) {
	w := b.wish(l)
	if w.saying {
		// It may have been given before the rows of this heartbeat were read, and then the
		// scheduler still has as many to give as they say.
		w.dirty = true
	}
	w.asked--
	wanted = w.open() > 0
	if wanted {
		w.held++
		w.on[strings.ToLower(host)]++
		w.came(&b.nodes, b.nodes.find(host))
	}
	w.check()
	return wanted
}

// Gone counts a container that was wanted when it came and is no more. Another is asked for in its
// place, as long as the wish stands.
func (b *Book) Gone(l Line, host string) {
	w := b.wish(l)
	w.held--
	key := strings.ToLower(host)
	if w.on[key]--; w.on[key] <= 0 {
		delete(w.on, key)
	}
	b.nodes.take(b.nodes.find(host), w.each, -1)
	w.check()
}

// Nodes takes in what the cluster says of nodes. Wishes that are waiting and name too few hosts are
// said again, with those where there is room now.
func (b *Book) Nodes(list []Node) {
	for _, report := range list {
		if n := b.nodes.update(report); !n.open() {
			b.leave(n)
		}
	}
	for _, w := range b.wishes {
		w.dirty = w.dirty || w.open() > w.nameds()
	}
}

// nameds is for how many containers hosts are named.
func (w *wish) nameds() (n int) {
	for _, x := range w.named {
		n += x.count
	}
	return n
}

// Exclude keeps asks away from a host, or no longer. The scheduler is told of the exclusion itself
// by other means, because rows cannot say where not.
func (b *Book) Exclude(host string, on bool) {
	n := b.nodes.find(host)
	n.excluded = on
	b.nodes.moved(n)
	if on {
		b.leave(n)
	}
}

// leave has the wishes said again that name a node.
func (b *Book) leave(n *node) {
	for _, w := range b.wishes {
		w.dirty = w.dirty || slices.ContainsFunc(w.named, func(x named) bool { return x.node == n })
	}
}

// Rack is the rack of a host, "" where nobody has told of it.
func (b *Book) Rack(host string) string {
	if n := b.nodes.byHost[strings.ToLower(host)]; n != nil && n.told() {
		return n.Rack
	}
	return ""
}

// Open is how many containers are to come in all.
func (b *Book) Open() (n int) {
	for _, w := range b.wishes {
		n += w.open()
	}
	return n
}

// Dirty reports whether Changes has something to say.
func (b *Book) Dirty() bool {
	return slices.ContainsFunc(b.wishes, func(w *wish) bool { return w.dirty })
}

// Changes are the rows that bring the scheduler up to date, by line; it must be told all of them.
// Rows it has and that are wanted no more come with a count of 0. Answered is called when the
// heartbeat with them is over. The rows are the Book's, and good until the next Changes.
func (b *Book) Changes() []Row {
	out := b.out[:0]
	for _, w := range b.wishes {
		if !w.dirty {
			continue
		}
		w.told, w.before = b.rows(w), w.told
		out = append(withdraw(out, w.before, w.told), w.told...)
		w.asked, w.dirty, w.saying = w.open(), false, true
	}
	b.out = out
	return out
}

// rows are a wish as it is to be said now, in the memory of what it was before.
func (b *Book) rows(w *wish) []Row {
	if b.config.Constrained {
		return w.constrained(w.before)
	}
	w.unname(&b.nodes)
	w.name(&b.nodes, b.config.Label)
	return w.rows(w.before, b.config.Label)
}

// Rejected counts containers that the scheduler gives up to place; they are asked for again.
// What is said of a row that was taken back is no news.
func (b *Book) Rejected(l Line, turn, count int) {
	if w := b.wish(l); turn == w.turn {
		w.asked -= count
		w.check()
	}
}

// Answered ends the heartbeat in which the last Changes were said: what it brought has been Given.
func (b *Book) Answered() {
	for _, w := range b.wishes {
		w.saying = false
	}
}

// Nowhere reports that hosts are left out and no other could serve: every usable node, of those
// with the label, is excluded.
func (b *Book) Nowhere() bool {
	excluded := false
	for _, n := range b.nodes.all {
		switch {
		case !n.told() || !n.Usable || b.config.Label != "" && !n.labelled(b.config.Label):
		case !n.excluded:
			return false
		default:
			excluded = true
		}
	}
	return excluded
}
