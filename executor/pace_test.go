package executor

import (
	"context"
	"testing"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/control"
)

// reading is a program whose task reads until it is told to end.
type reading struct{ end chan struct{} }

func (reading) Manifest() string             { return "m" }
func (r reading) Load([]byte) (Stage, error) { return r, nil }

func (r reading) Run(ctx context.Context, t *Task) (Result, error) {
	t.Read(300)
	t.Read(42)
	select {
	case <-r.end:
	case <-ctx.Done():
	}
	return Result{}, nil
}

// watcher is a driver that launches one task and listens.
type watcher struct {
	lonely
	settings []byte
	heard    chan *control.FromExecutor
}

func (w watcher) Attach(s control.Stream) error {
	if _, err := s.Recv(); err != nil {
		return err
	}
	for _, m := range []*control.ToExecutor{
		{Message: &control.ToExecutor_Registered{Registered: &control.Registered{Conf: w.settings}}},
		{Message: &control.ToExecutor_Template{Template: &control.StageTemplate{
			Stage: 3, Tasks: 9, Shuffle: -1,
		}}},
		{Message: &control.ToExecutor_Launch{Launch: &control.LaunchTasks{
			Stage: 3, Ranges: []int32{7, 1, 2},
		}}},
	} {
		if err := s.Send(m); err != nil {
			return err
		}
	}
	for {
		m, err := s.Recv()
		if err != nil {
			return err
		}
		w.heard <- m
	}
}

// TestHeartbeatTellsHowFarTasksAre covers S56: a heartbeat says what each running task has read, and
// the end of a task what it read in all.
func TestHeartbeatTellsHowFarTasksAre(t *testing.T) {
	c := new(conf.Conf)
	for key, value := range map[string]string{
		"weft.speculation": "true", "weft.executor.heartbeatInterval": "100ms",
	} {
		if err := c.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	settings, err := c.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	local := control.NewLocal()
	w := watcher{settings: settings, heard: make(chan *control.FromExecutor)}
	p := reading{end: make(chan struct{})}
	served, ran := make(chan error, 1), make(chan error, 1)
	go func() { served <- local.Serve(ctx, w) }()
	go func() {
		ran <- Run(ctx, Options{Program: p, Local: local, Dirs: []string{t.TempDir()}, Slots: 2})
	}()
	for m := range w.heard {
		if b := m.GetHeartbeat(); b != nil && len(b.Tasks) > 0 && b.Records[0] > 0 {
			if b.Tasks[0] != 3 || b.Tasks[1] != 7 || b.Tasks[2] != 2 || len(b.Tasks) != 3 ||
				b.Records[0] < 300 || b.Records[0] > 342 {
				t.Errorf("%v", b)
			}
			break
		}
	}
	close(p.end)
	for m := range w.heard {
		if ended := m.GetEnded(); ended != nil {
			if n := ended.Stages[0].Counters.RecordsRead; n != 342 {
				t.Errorf("%d records were read", n)
			}
			break
		}
	}
	cancel()
	<-ran
	for len(served) == 0 {
		select {
		case <-w.heard:
		case err := <-served:
			served <- err
		}
	}
}
