package executor

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/plan"
	"github.com/weft-data/weft/shuffle"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// cacheBed is a cache and the news it sent.
type cacheBed struct {
	t *testing.T
	*cache
	news []string
}

func openCache(t *testing.T, limit int64) *cacheBed {
	b := &cacheBed{t: t}
	var err error
	b.cache, err = newCache(cacheOptions{
		executor: 3, dirs: []string{t.TempDir()}, limit: limit, log: hclog.NewNullLogger(),
		changed: func(id dag.DatasetID, cached, dropped []int32) {
			b.news = append(b.news, fmt.Sprintf("%d +%v -%v", id, cached, dropped))
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// put keeps a block of about so many bytes.
func (b *cacheBed) put(dataset dag.DatasetID, partition int32, level plan.Level, bytes int) {
	b.t.Helper()
	w, err := b.create(block{dataset, partition}, level)
	if err != nil {
		b.t.Fatal(err)
	}
	defer w.Abort()
	record := make([]byte, 1000)
	for range bytes / len(record) {
		if err := w.Add(nil, record); err != nil {
			b.t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		b.t.Fatal(err)
	}
}

// has reads a block to its end, and says whether it is there and where.
func (b *cacheBed) has(dataset dag.DatasetID, partition int32) string {
	b.t.Helper()
	kept, ok := b.open(block{dataset, partition})
	if !ok {
		return "no"
	}
	where := "memory"
	if _, ok := kept.Body.(*os.File); ok {
		where = "disk"
	}
	r := shuffle.NewBlockReader(kept.Body, kept.Meta)
	defer r.Close()
	for {
		if _, err := r.Next(); errors.Is(err, io.EOF) {
			return where
		} else if err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *cacheBed) check(want string) {
	b.t.Helper()
	var got []string
	for p := range int32(4) {
		got = append(got, b.has(1, p))
	}
	if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
		b.t.Fatal(diff)
	}
}

func TestLeastRecentlyReadBlockGoesFirst(t *testing.T) {
	b := openCache(t, 350_000)
	for p := range int32(3) {
		b.put(1, p, plan.MemoryOnly, 100_000)
	}
	b.has(1, 0) // now partition 1 was not read for longest
	b.put(1, 3, plan.MemoryOnly, 100_000)
	b.check("memory no memory memory")
	want := []string{"1 +[0] -[]", "1 +[1] -[]", "1 +[2] -[]", "1 +[] -[1]", "1 +[3] -[]"}
	if diff := cmp.Diff(want, b.news); diff != "" {
		t.Fatal(diff)
	}
}

func TestEvictedBlockMovesToDiskWhereItsLevelSaysSo(t *testing.T) {
	b := openCache(t, 250_000)
	for p := range int32(4) {
		b.put(1, p, plan.MemoryAndDisk, 100_000)
	}
	b.check("disk disk memory memory")
	if got := b.size(); got > 250_000 || got < 200_000 {
		t.Errorf("%d bytes in memory", got)
	}
}

func TestBlockLargerThanMemory(t *testing.T) {
	b := openCache(t, 150_000)
	b.put(1, 0, plan.MemoryOnly, 400_000)
	b.put(1, 1, plan.MemoryAndDisk, 400_000)
	b.put(1, 2, plan.DiskOnly, 400_000)
	b.check("no disk disk no")
	if got := b.size(); got != 0 {
		t.Errorf("%d bytes in memory", got)
	}
}

func TestDroppedDatasetLeavesNothing(t *testing.T) {
	b := openCache(t, 150_000)
	b.put(1, 0, plan.MemoryOnly, 100_000)
	b.put(1, 1, plan.DiskOnly, 100_000)
	b.put(2, 1, plan.DiskOnly, 100_000)
	b.news = nil
	b.drop(1)
	b.check("no no no no")
	if b.has(2, 1) != "disk" || b.size() != 0 || len(b.news) > 0 {
		t.Errorf("%d bytes, news %v", b.size(), b.news)
	}
	files, err := os.ReadDir(b.dir.Name())
	if err != nil || len(files) != 1 {
		t.Errorf("%d files, %v", len(files), err)
	}
}

func TestAbortedBlockLeavesNothing(t *testing.T) {
	for _, level := range []plan.Level{plan.MemoryOnly, plan.DiskOnly} {
		b := openCache(t, 1<<20)
		w, err := b.create(block{1, 0}, level)
		if err != nil {
			t.Fatal(err)
		}
		for range 200 {
			if err := w.Add(nil, make([]byte, 1000)); err != nil {
				t.Fatal(err)
			}
		}
		w.Abort()
		w.Abort()
		b.check("no no no no")
		if files, err := os.ReadDir(b.dir.Name()); err != nil || len(files) > 0 || b.size() != 0 {
			t.Errorf("%s: %d bytes, %d files, %v", level, b.size(), len(files), err)
		}
	}
}

func TestTwinsBlockIsNotKeptTwice(t *testing.T) {
	b := openCache(t, 1<<20)
	b.put(1, 0, plan.MemoryOnly, 100_000)
	size := b.size()
	b.put(1, 0, plan.MemoryOnly, 100_000)
	if b.size() != size || len(b.news) != 1 {
		t.Errorf("%d bytes, were %d; news %v", b.size(), size, b.news)
	}
}

func TestVanishedFileIsForgotten(t *testing.T) {
	b := openCache(t, 1<<20)
	b.put(1, 0, plan.DiskOnly, 1000)
	files, err := os.ReadDir(b.dir.Name())
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if err := b.dir.Remove(files[0].Name()); err != nil {
		t.Fatal(err)
	}
	b.check("no no no no")
	if last := b.news[len(b.news)-1]; last != "1 +[] -[0]" {
		t.Errorf("news %q", last)
	}
}
