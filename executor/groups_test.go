package executor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/shuffle"
)

// mapper is a map stage of short tasks for many reduces: task p writes p to reduce p. Some of them
// come to no good after they have committed, and one writes much.
type mapper struct{}

const (
	mapperTasks, mapperShuffle = 30, 5
	failing, panicking, large  = 3, 7, 11
)

func (mapper) Manifest() string             { return "m" }
func (m mapper) Load([]byte) (Stage, error) { return m, nil }

func (mapper) Run(_ context.Context, t *Task) (r Result, err error) {
	w, err := t.ShuffleWriter(shuffle.WriterConfig{})
	if err != nil {
		return r, err
	}
	defer w.Abort()
	rows, value := 1, []byte(fmt.Sprint(t.Partition))
	if t.Partition == large {
		rows, value = 4, make([]byte, 1<<20)
	}
	for range rows {
		if err := w.Add(int(t.Partition), []byte("key"), value); err != nil {
			return r, err
		}
	}
	out, err := w.Commit()
	r.Output = &out
	switch {
	case t.Attempt > 0:
	case t.Partition == failing:
		return r, errors.New("no luck")
	case t.Partition == panicking:
		panic("no luck either")
	}
	return r, err
}

// dispatcher is a driver that launches the map stage and keeps how its tasks ended.
type dispatcher struct {
	control.Handler
	driver  int32
	attempt int32
	ends    chan *control.StageEnds
}

func (d dispatcher) Attach(s control.Stream) error {
	if _, err := s.Recv(); err != nil {
		return err
	}
	for _, m := range []*control.ToExecutor{
		{Message: &control.ToExecutor_Registered{Registered: &control.Registered{Driver: d.driver}}},
		{Message: &control.ToExecutor_Template{Template: &control.StageTemplate{
			Tasks: mapperTasks, Shuffle: mapperShuffle, Reduces: dag.ManyReduces,
		}}},
		{Message: &control.ToExecutor_Launch{Launch: &control.LaunchTasks{
			Ranges: []int32{0, mapperTasks, d.attempt},
		}}},
	} {
		if err := s.Send(m); err != nil {
			return err
		}
	}
	for n := 0; n < mapperTasks; {
		m, err := s.Recv()
		if err != nil {
			return err
		}
		for _, g := range m.GetEnded().GetStages() {
			n += len(g.Partitions)
			d.ends <- g
		}
	}
	close(d.ends)
	return s.Send(&control.ToExecutor{Message: &control.ToExecutor_Stop{Stop: &control.Stop{}}})
}

// dispatch runs the map stage for the first driver and returns the driver's knowledge of its outputs, and the failures
// by map task.
func dispatch(t *testing.T, dir string, attempt int32) (*control.MapOutputsReply, map[int]string) {
	t.Helper()
	return dispatcher{driver: 1, attempt: attempt}.run(t, dir)
}

func (d dispatcher) run(t *testing.T, dir string) (*control.MapOutputsReply, map[int]string) {
	t.Helper()
	local := control.NewLocal()
	d.ends = make(chan *control.StageEnds, mapperTasks)
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- local.Serve(ctx, d) }()
	if err := Run(t.Context(), Options{Program: mapper{}, Local: local, Dirs: []string{dir},
		Slots: 2}); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	r := &control.MapOutputsReply{Places: []*control.Place{{}}, Place: make([]int32, mapperTasks),
		Attempt: make([]int32, mapperTasks), Files: make([]int32, mapperTasks)}
	failed := map[int]string{}
	for g := range d.ends {
		for i, p := range g.Partitions {
			r.Attempt[p], r.Files[p] = d.attempt, ownFile
			if i < len(g.Files) {
				r.Files[p] = g.Files[i]
			}
		}
		for _, detail := range g.Details {
			p := int(g.Partitions[detail.Index])
			failed[p] = detail.Failure.Message
		}
	}
	return r, failed
}

// found reads the outputs of all map tasks but the failed ones.
func found(t *testing.T, dir string, r *control.MapOutputsReply, failed map[int]string) map[int]string {
	t.Helper()
	store, err := shuffle.OpenStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	locations, err := locate(mapperShuffle, r, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var there []shuffle.Location
	for _, l := range locations {
		if _, bad := failed[int(l.Map)]; !bad || l.Maps != nil {
			there = append(there, l)
		}
	}
	reader, err := shuffle.NewReader(t.Context(), shuffle.ReaderConfig{Shuffle: mapperShuffle,
		Last: dag.ManyReduces, Locations: there, Store: store})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	rows := map[int]string{}
	for {
		batch, err := reader.Next()
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		batch.Each(func(_, v []byte) { rows[batch.Partition] += string(v) })
	}
}

// Short tasks for many reduces share files; one that fails after its commit is in none, and one
// that writes much has a file of its own.
func TestMapTasksShareFiles(t *testing.T) {
	dir := t.TempDir()
	r, failed := dispatch(t, dir, 0)
	if len(failed) != 2 || !strings.Contains(failed[panicking], "no luck") {
		t.Errorf("failed: %v", failed)
	}
	files := map[int32]bool{}
	for p, file := range r.Files {
		_, bad := failed[p]
		if own := file == ownFile; own != (bad || p == large) {
			t.Errorf("map %d is in the file of %d", p, file)
		}
		files[file] = true
	}
	if len(files) >= mapperTasks/2 {
		t.Errorf("%d tasks made %d files", mapperTasks, len(files))
	}
	rows := found(t, dir, r, failed)
	for p := range mapperTasks {
		want := fmt.Sprint(p)
		switch p {
		case large:
			want = strings.Repeat("\x00", 4<<20)
		case failing, panicking:
			want = ""
		}
		if rows[p] != want {
			t.Errorf("reduce %d has %d bytes, want %d", p, len(rows[p]), len(want))
		}
	}
}

// A retry or a copy has a file of its own: it may run beside the first attempt.
func TestRetriesHaveTheirOwnFiles(t *testing.T) {
	dir := t.TempDir()
	r, failed := dispatch(t, dir, 1)
	for p, file := range r.Files {
		if file != ownFile {
			t.Errorf("attempt 1 of map %d is in the file of %d", p, file)
		}
	}
	if rows := found(t, dir, r, failed); len(rows) != mapperTasks {
		t.Errorf("%d rows, failed: %v", len(rows), failed)
	}
}

// An executor of the driver before may still write where one of its successor does.
func TestSuccessorsExecutorsHaveTheirOwnFiles(t *testing.T) {
	dir := t.TempDir()
	var files [3]int
	for driver := range files {
		_, failed := dispatcher{driver: int32(driver + 1)}.run(t, dir)
		if len(failed) != 2 {
			t.Errorf("failed: %v", failed)
		}
		files[driver] = len(mapOutputs(t, dir))
	}
	if files[0] == 0 || files[1] <= files[0] || files[2] <= files[1] {
		t.Errorf("after each driver there were %d files", files)
	}
}

// mapOutputs are the names of all files of map outputs.
func mapOutputs(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "weft-shuffle", "*", "*.index"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// Where the file of a group cannot be written all of its tasks fail, and say why.
func TestGroupThatCannotBeSealedFailsItsTasks(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "weft-shuffle"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "weft-shuffle", "5"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, failed := dispatch(t, dir, 0)
	if len(failed) != mapperTasks || !strings.Contains(failed[0], "not a directory") {
		t.Errorf("%d tasks failed: %v", len(failed), failed[0])
	}
}
