package scheduler_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/pool"
)

func TestPoolNameOfTenMegabytesIsRefused(t *testing.T) {
	m, err := scheduler.New(scheduler.Config{Mode: pool.Fair})
	if err != nil {
		t.Fatal(err)
	}
	err = m.Step(0, scheduler.JobSubmitted{Job: dag.Job{
		Pool:   strings.Repeat("x", 10<<20),
		Stages: []dag.Stage{{Tasks: 1, Shuffle: dag.NoShuffle}},
	}})
	if !errors.Is(err, dag.ErrInvalid) || len(err.Error()) > 200 {
		t.Errorf("error %.300v", err)
	}
	if st := m.Status(); len(st.Jobs)+len(st.Pools) > 0 {
		t.Errorf("something of it was kept: %+v", st)
	}
}
