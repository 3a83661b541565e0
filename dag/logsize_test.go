package dag_test

import (
	"math"
	"testing"

	"github.com/weft-data/weft/dag"
)

// TestLogSizeIsNearTheSize covers S24: sizes of map outputs travel as one byte, never smaller than
// they are and at most a tenth larger.
func TestLogSizeIsNearTheSize(t *testing.T) {
	for size := int64(1); size < 30<<30; size += 1 + size/7 {
		got := dag.MakeLogSize(size).Bytes()
		if float64(got) < float64(size)-1 || float64(got) > float64(size)*1.1+1 {
			t.Errorf("%d became %d", size, got)
		}
	}
	for size, want := range map[int64]dag.LogSize{-1: 0, 0: 0, 1: 1, math.MaxInt64: 255} {
		if got := dag.MakeLogSize(size); got != want {
			t.Errorf("%d is %d, want %d", size, got, want)
		}
	}
}
