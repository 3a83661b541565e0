package ask

import (
	"math"
	"slices"
	"strings"

	"github.com/weft-data/weft/resource"
)

// defaultRack is where hosts are of which the cluster says nothing.
const defaultRack = "/default-rack"

// Node is what the cluster says of a node.
type Node struct {
	Host   string
	Rack   string // "" where it has none
	Usable bool   // takes new containers
	Labels []string
	Has    resource.Vector
	Used   resource.Vector // by everybody, this application included
}

// node is a host in the book. Names of hosts are compared in lower case: HDFS and YARN may write
// one name differently.
type node struct {
	Node
	at       int // in nodes.all, and in the positions of every index
	excluded bool
	ours     int    // containers the application has there or names it for
	named    amount // what it is named for and did not give yet
	namedAt  int    // where the wish has it that names it now
	free     amount // less named
}

// amount is memory and the resources of Config.Types, in their order. Cores are left out: the
// default scheduler does not count them, and where one does a host that lacks them costs a
// moment's delay only.
type amount struct {
	memory resource.Megabytes
	extra  []int64
}

func (a *amount) add(b amount, times int) {
	a.memory += b.memory * resource.Megabytes(times)
	for i, n := range b.extra {
		a.extra[i] += n * int64(times)
	}
}

func (n *node) open() bool { return n.Usable && !n.excluded }

// labelled reports whether asks for the label, or for none, are served there.
func (n *node) labelled(label string) bool {
	if label == "" {
		return len(n.Labels) == 0 || slices.Equal(n.Labels, []string{""})
	}
	return slices.Contains(n.Labels, label)
}

// room is how many containers of a size fit; what needs no memory fits everywhere.
func (n *node) room(size amount) int {
	if size.memory == 0 {
		return math.MaxInt
	}
	room := int(max(n.free.memory, 0) / size.memory)
	for i, each := range size.extra {
		if each > 0 {
			room = min(room, int(max(n.free.extra[i], 0)/each))
		}
	}
	return room
}

// nodes are all hosts in the book, and indexes of those with room.
type nodes struct {
	types   []string
	all     []*node
	byHost  map[string]*node
	indexes []*index
}

// amount is a vector as nodes count it.
func (ns *nodes) amount(v resource.Vector) amount {
	a := amount{memory: v.Memory, extra: make([]int64, len(ns.types))}
	for i, name := range ns.types {
		a.extra[i] = v.Of(name)
	}
	return a
}

// find is the node of a host; one the cluster has not told of is asked for all the same.
func (ns *nodes) find(host string) *node {
	key := strings.ToLower(host)
	n := ns.byHost[key]
	if n == nil {
		n = &node{Node: Node{Host: host, Rack: defaultRack, Usable: true}, at: len(ns.all),
			named: ns.amount(resource.Vector{}), free: ns.amount(resource.Vector{})}
		ns.all, ns.byHost[key] = append(ns.all, n), n
	}
	return n
}

// told reports whether the cluster has told of the node.
func (n *node) told() bool { return n.Has.Memory > 0 }

// update takes in what the cluster says of a node.
func (ns *nodes) update(report Node) *node {
	n := ns.find(report.Host)
	if report.Rack == "" {
		report.Rack = defaultRack
	}
	n.Node = report
	n.free = ns.amount(report.Has)
	n.free.add(ns.amount(report.Used), -1)
	n.free.add(n.named, -1)
	ns.moved(n)
	return n
}

// take counts containers of a size on a node, negative ones off it.
func (ns *nodes) take(n *node, size amount, count int) {
	n.ours += count
	n.free.add(size, -count)
	ns.moved(n)
}

func (ns *nodes) moved(n *node) {
	for _, ix := range ns.indexes {
		ix.place(n)
	}
}
