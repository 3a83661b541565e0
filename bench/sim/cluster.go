package main

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// cluster is a number of equal nodes in racks.
type cluster struct {
	nodes, slots, perRack int
}

func (c cluster) rack(node int32) int32      { return node / int32(c.perRack) }
func (c cluster) host(node int32) string     { return fmt.Sprintf("n%03d", node) }
func (c cluster) rackName(node int32) string { return fmt.Sprintf("r%02d", c.rack(node)) }
func (c cluster) total() int                 { return c.nodes * c.slots }
func (c cluster) String() string {
	return fmt.Sprintf("%d nodes × %d slots, racks of %d", c.nodes, c.slots, c.perRack)
}

// cost is how much longer a map takes for the way to its input.
func (c cluster) cost(node int32, copies []int32) float64 {
	cost := remoteCost
	for _, n := range copies {
		switch {
		case n == node:
			return 1
		case c.rack(n) == c.rack(node):
			cost = rackCost
		}
	}
	return cost
}

// crash is a node that is lost with its tasks and map outputs, and replaced.
type crash struct {
	at   time.Duration
	node int32
}

// The pace of crashes.
const (
	nodeLife = 20 * time.Hour // mean, of one node
	repair   = 60 * time.Second
)

// crashes draws the losses of a day.
func (c cluster) crashes(seed uint64, end time.Duration) (list []crash) {
	r := rand.New(rand.NewPCG(seed, 8))
	gap := nodeLife.Seconds() / float64(c.nodes)
	for at := r.ExpFloat64() * gap; seconds(at) < end; at += r.ExpFloat64() * gap {
		list = append(list, crash{seconds(at), int32(r.IntN(c.nodes))})
	}
	return list
}
