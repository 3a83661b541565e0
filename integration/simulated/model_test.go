package simulated

import (
	"errors"
	"testing"
	"time"

	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/scheduler"
)

// TestClockKeepsInstantsApart: timers set for one instant fire one after the other, in the order in
// which they were set, at instants of their own.
func TestClockKeepsInstantsApart(t *testing.T) {
	c := newClock()
	var fired []time.Duration
	for range 100 {
		c.at(time.Second, func() { fired = append(fired, c.now) })
	}
	c.at(-time.Second, func() { fired = append(fired, c.now) })
	for c.step() {
		continue
	}
	if len(fired) != 101 || fired[0] != 1 {
		t.Fatalf("%d timers fired, the first at %s", len(fired), fired[0])
	}
	for i := 1; i < len(fired); i++ {
		if fired[i] <= fired[i-1] {
			t.Fatalf("%s after %s", fired[i], fired[i-1])
		}
	}
}

// TestFilesAreAsStrictAsHDFS where commits depend on it.
func TestFilesAreAsStrictAsHDFS(t *testing.T) {
	f := newFiles()
	ctx := f.ctx()
	if err := f.MkdirAll(ctx, "/a/b", 0o700); err != nil {
		t.Fatal(err)
	}
	put := func(name string) fs.Writer {
		w, err := f.Create(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	if err := put("/a/b/x").Close(); err != nil {
		t.Fatal(err)
	}
	open := put("/a/b/y")
	if err := f.Rename(ctx, "/a/b/x", "/a/b/y"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("rename over a file: %v", err)
	}
	if err := f.Rename(ctx, "/a/b", "/a/c"); err != nil {
		t.Error(err)
	}
	if err := open.Close(); err != nil {
		t.Errorf("close in a renamed directory: %v", err)
	}
	gone := put("/a/c/z")
	if err := f.RemoveAll(ctx, "/a/c"); err != nil {
		t.Error(err)
	}
	if err := gone.Close(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("close of a removed file: %v", err)
	}
	if _, err := f.Create(ctx, "/a/c/x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("create without a directory: %v", err)
	}
	f.failing["/n"] = failAfter
	if err := put("/m").Close(); err != nil {
		t.Error(err)
	}
	if err := f.Rename(ctx, "/m", "/n"); !errors.Is(err, errConnection) {
		t.Errorf("a rename whose answer is lost: %v", err)
	}
	if _, err := f.Stat(ctx, "/n"); err != nil {
		t.Errorf("but it was done: %v", err)
	}
}

// TestBlocksShowDamage: no flipped bit passes.
func TestBlocksShowDamage(t *testing.T) {
	records := []uint64{1, 2, 1 << 63}
	for bit := range 64 * len(records) {
		b := encode(records)
		b.flip(bit)
		if _, ok := b.decode(); ok {
			t.Errorf("bit %d", bit)
		}
	}
	if got, ok := encode(records).decode(); !ok || len(got) != 3 || got[2] != 1<<63 {
		t.Errorf("%v, %v", got, ok)
	}
}

// TestCalmRunsFinish: without faults every job has its answer, in every mode.
func TestCalmRunsFinish(t *testing.T) {
	for seed := range uint64(50) {
		impatient := func(c *scheduler.Config) {
			c.MaxFailures, c.MaxStageAttempts, c.Exclusion = 1, 1, scheduler.Exclusion{}
		}
		if out := run(options{seed: seed, calm: true, config: impatient}); out.err != nil || out.failed > 0 {
			t.Errorf("seed %d: %d jobs failed; %v", seed, out.failed, out.err)
		}
	}
}
