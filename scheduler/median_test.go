package scheduler

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestMedianIsTheMiddleOfTheSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m median
		var all []time.Duration
		for range rapid.IntRange(1, 200).Draw(t, "n") {
			d := time.Duration(rapid.IntRange(0, 20).Draw(t, "d"))
			m.add(d)
			all = append(all, d)
			slices.Sort(all)
			if got, want := m.value(), all[len(all)/2]; got != want || m.len() != len(all) {
				t.Fatalf("median %d of %v, %d counted", got, all, m.len())
			}
		}
	})
}
