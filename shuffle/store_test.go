package shuffle

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// The application's user owns the directory; what is put there must not make a service
// read other files, nor wait for ever.
func TestPlantedFiles(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		plant func(path, secret string) error
	}{
		{"symlink", func(path, secret string) error { return os.Symlink(secret, path) }},
		{"hard link", func(path, secret string) error { return os.Link(secret, path) }},
		{"fifo", func(path, _ string) error { return syscall.Mkfifo(path, 0o600) }},
		{"folder", func(path, _ string) error { return os.Mkdir(path, 0o700) }},
	} {
		for _, file := range []func(OutputID) string{dataName, indexName} {
			store, err := OpenStore(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			out := writeOutput(t, WriterConfig{Store: store, Partitions: 4}, flipRecords())
			path := find(t, store, file(out.OutputID))
			secret := filepath.Join(t.TempDir(), "secret")
			content, _ := os.ReadFile(path)
			os.WriteFile(secret, content, 0o600)
			os.Rename(path, path+".moved")
			if err := tt.plant(path, secret); err != nil {
				t.Fatal(err)
			}
			if f, err := store.OpenOutput(context.Background(), out.OutputID); err == nil {
				f.Close()
				t.Errorf("%s as %s: opened", tt.name, file(out.OutputID))
			}
		}
	}
}

// weft-shuffle itself may be planted as well.
func TestPlantedFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Symlink(t.TempDir(), filepath.Join(dir, folder)); err != nil {
		t.Fatal(err)
	}
	if s, err := OpenStore(dir); err == nil {
		s.Close()
		t.Error("opened through a symlink")
	}
}

// A directory that does not work is passed over, when opening and when writing.
func TestBrokenDirectory(t *testing.T) {
	t.Parallel()
	good, full := t.TempDir(), t.TempDir()
	store, err := OpenStore("/nowhere", full, good)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := os.RemoveAll(full); err != nil {
		t.Fatal(err)
	}
	for m := range 4 {
		out := writeOutput(t, WriterConfig{Store: store, Map: MapID(m), Partitions: 4},
			flipRecords())
		if !store.has(out.OutputID) {
			t.Errorf("no output of map %d", m)
		}
	}
	if _, err := OpenStore("/nowhere", full); err == nil {
		t.Error("opened without a directory")
	}
}

func TestRemove(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	for s := range 3 {
		for m := range 4 {
			writeOutput(t, WriterConfig{Store: store, Shuffle: ShuffleID(s), Map: MapID(m),
				Partitions: 4}, flipRecords())
		}
	}
	if err := store.RemoveOutput(OutputID{1, 2, 0}); err != nil {
		t.Fatal(err)
	}
	if err := store.Remove(2); err != nil {
		t.Fatal(err)
	}
	for s := range 3 {
		for m := range 4 {
			id := OutputID{Shuffle: ShuffleID(s), Map: MapID(m)}
			if want := s == 0 || s == 1 && m != 2; store.has(id) != want {
				t.Errorf("%v: there is %v, want %v", id, store.has(id), want)
			}
		}
	}
	if err := errors.Join(store.Remove(2), store.RemoveOutput(OutputID{1, 2, 0})); err != nil {
		t.Errorf("remove again: %v", err)
	}
}

// Nothing is left of a task that ends without Commit, and spills never have a name.
func TestAbortLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, err := OpenStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	memory := NewBudget(1)
	w, err := NewWriter(WriterConfig{Store: store, Partitions: 2, Memory: memory})
	if err != nil {
		t.Fatal(err)
	}
	for len(w.spills) < 2 {
		if err := w.Add(1, []byte("key"), make([]byte, 1000)); err != nil {
			t.Fatal(err)
		}
	}
	w.Abort()
	if err := w.Add(1, nil, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("Add after Abort: %v", err)
	}
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, _ error) error {
		if !d.IsDir() {
			t.Errorf("left: %s", path)
		}
		return nil
	})
	if memory.Used() != 0 {
		t.Errorf("%d bytes of memory are not given back", memory.Used())
	}
}

func TestWriterRefusals(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	for _, c := range []WriterConfig{
		{Partitions: 1}, {Store: store}, {Store: store, Partitions: MaxPartitions + 1},
		{Store: store, Partitions: 1, Codec: 9},
	} {
		if _, err := NewWriter(c); err == nil {
			t.Errorf("accepted %+v", c)
		}
	}
	w, err := NewWriter(WriterConfig{Store: store, Partitions: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	for _, p := range []int{-1, 2} {
		if err := w.Add(p, nil, nil); err == nil {
			t.Errorf("accepted partition %d of 2", p)
		}
	}
	if err := w.Add(0, nil, make([]byte, MaxRecord)); !errors.Is(err, ErrRecordTooLarge) {
		t.Errorf("too large a record: %v", err)
	}
}
