package main

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft/scheduler/dynalloc"
)

func TestSameSeedSameDemand(t *testing.T) {
	var tables [2]bytes.Buffer
	for i := range tables {
		if err := onDemand(&tables[i], 1); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(tables[0].String(), tables[1].String()); d != "" {
		t.Error(d)
	}
}

// TestPoliciesOfAllocation: direct is there sooner than the ramp, work is the same for all, and only
// outputs that go with their executors are computed again.
func TestPoliciesOfAllocation(t *testing.T) {
	figuresOf := func(l load, d demand) figures {
		r, err := newYard(1, l, d).run()
		if err != nil {
			t.Fatalf("%s, %s: %v", l.name, d.name, err)
		}
		return r
	}
	for _, l := range loads {
		reference := figuresOf(l, demands[0])
		for _, d := range demands[1:] {
			switch r := figuresOf(l, d); {
			case d.policy == dynalloc.Direct && len(l.jobs) == 1 && r.reach >= reference.reach:
				t.Errorf("%s: %s takes %.1f s, the ramp %.1f", l.name, d.name, r.reach, reference.reach)
			case r.again != 0:
				t.Errorf("%s: %s computes %d maps again", l.name, d.name, r.again)
			case int(r.work) != int(reference.work):
				t.Errorf("%s: %s works %f s, the ramp %f", l.name, d.name, r.work, reference.work)
			}
		}
	}
	tail := loads[len(loads)-1]
	for o, again := range map[outputs]bool{served: false, tracked: false, lost: true} {
		d := demands[0]
		d.outputs = o
		if r := figuresOf(tail, d); r.again > 0 != again {
			t.Errorf("outputs %s: %d maps again", o, r.again)
		}
	}
}
