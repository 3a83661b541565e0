package wordcount

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/weft-data/weft"
)

var (
	words = weft.FlatMap(func(line string, emit func(string)) {
		for word := range strings.FieldsSeq(line) {
			emit(word)
		}
	})
	one    = weft.Map(func(word string) weft.Pair[string, int64] { return weft.KV(word, int64(1)) })
	counts = weft.ReduceByKey[string](func(a, b int64) int64 { return a + b })
)

const textSize = 128 << 20

// BenchmarkWordCount counts the words of 128 MiB in one slot. The figure allocs/record is of the
// whole process; what is not per record (tasks, batches, the table of distinct words) makes it
// small but not zero.
func BenchmarkWordCount(b *testing.B) {
	path := filepath.Join(b.TempDir(), "text")
	records := writeText(b, path)
	b.SetBytes(textSize)
	b.ResetTimer()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := cpuTime(b)
	for b.Loop() {
		count(b, path)
	}
	spent := cpuTime(b) - began
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(b.N)*textSize/1e6/spent.Seconds(), "MB/cpu-s")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(records)/float64(b.N), "allocs/record")
}

// cpuTime is what this process has used of all cores: steadier than the clock on a busy machine.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func count(b *testing.B, path string) {
	err := weft.Local(context.Background(), 1, func(ctx context.Context, s *weft.Session) error {
		n, err := counts.On(one.On(words.On(weft.TextFile(s, path)))).Count(ctx)
		if err == nil && n == 0 {
			err = fmt.Errorf("no words")
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

// writeText makes the text and returns how many words it has.
func writeText(b *testing.B, path string) (records int) {
	random := rand.New(rand.NewPCG(2026, 11))
	frequency := rand.NewZipf(random, 1.1, 4, 50_000)
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	for size := 0; size < textSize; records++ {
		n, err := fmt.Fprintf(w, "w%x", frequency.Uint64()*2654435761%(1<<32))
		if err != nil {
			b.Fatal(err)
		}
		size += n + 1
		separator := byte(' ')
		if records%12 == 11 {
			separator = '\n'
		}
		if err := w.WriteByte(separator); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return records
}
