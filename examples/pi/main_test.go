package main

import (
	"context"
	"math"
	"testing"

	"github.com/weft-data/weft"
)

func TestDartsOfAllPartitionsCount(t *testing.T) {
	const darts = 200_000
	err := weft.Local(t.Context(), 2, func(ctx context.Context, s *weft.Session) error {
		n, err := sum.Run(ctx, inside.On(weft.Parallelize(s, []int64{darts, darts, darts}, 3)))
		if pi := 4 * float64(n) / (3 * darts); math.Abs(pi-math.Pi) > 0.02 {
			t.Errorf("π is about %v", pi)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestProgramRuns(t *testing.T) {
	if err := weft.Local(t.Context(), 2, run, "2", "1000"); err != nil {
		t.Error(err)
	}
	if err := weft.Local(t.Context(), 2, run, "0"); err == nil {
		t.Error("0 partitions are accepted")
	}
}
