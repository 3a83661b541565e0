package ask

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/weft-data/weft/resource"
)

// TestIndexFindsWhatASearchFinds compares the heaps with a look at every node, while nodes change.
func TestIndexFindsWhatASearchFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ns := nodes{types: []string{"gpu"}, byHost: map[string]*node{}}
		plain := ns.amount(resource.Make(100, 1))
		ix := ns.index("", plain)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			host := fmt.Sprint("h", rapid.IntRange(0, 9).Draw(t, "host"))
			if n := ns.byHost[host]; n != nil && rapid.Bool().Draw(t, "take") {
				if count := rapid.IntRange(-1, 1).Draw(t, "count"); n.ours+count >= 0 {
					ns.take(n, plain, count)
				}
			} else {
				ns.update(Node{Host: host, Usable: rapid.IntRange(0, 4).Draw(t, "state") > 0,
					Has: resource.Make(resource.Megabytes(rapid.IntRange(1, 500).Draw(t, "memory")), 1)})
			}
			if got, want := ix.next(plain), search(&ns, plain); got != want {
				t.Fatalf("%v, want %v", got, want)
			}
		}
	})
}

// search is index.next by looking at every node.
func search(ns *nodes, size amount) (best *node) {
	for _, n := range ns.all {
		if !n.open() || n.room(size) == 0 {
			continue
		}
		if best == nil || n.ours < best.ours || n.ours == best.ours && n.free.memory > best.free.memory ||
			n.ours == best.ours && n.free.memory == best.free.memory && n.Host < best.Host {
			best = n
		}
	}
	return best
}
