package am_test

import (
	"flag"
	"fmt"
	"testing"

	"github.com/weft-data/weft/dag"
)

var flips = flag.Int("flips", 100, "jobs whose map output gets a flipped bit; make soak: 10,000")

// A bit that flips in a map output on disk costs a few map tasks, neither the job nor a row: in the
// files of single map tasks, and in those that several share.
func TestFlippedBitsAreHealed(t *testing.T) {
	b := local(t, 2, 2, false, settings(t, "weft.shuffle.io.retryWait", "1ms"))
	healed := 0
	for i := range *flips {
		base, reduces := 2*i, 3
		if i%2 == 1 {
			reduces = dag.ManyReduces
		}
		err := b.run(mapReduce(b.Driver, base, 6, reduces, step{Do: "write"},
			step{Do: "flip", Param: fmt.Sprintf("%d %d", base, i)}))
		b.DropShuffle(dag.ShuffleID(base))
		if err != nil {
			t.Errorf("flip %d: %v", i, err)
			continue
		}
		if got, want := b.total(), sumTo(6); got != want {
			t.Fatalf("flip %d: sum %d, want %d: a silent error", i, got, want)
		}
		healed++
	}
	t.Logf("%d flips: 0 silent, %d healed", *flips, healed)
}
