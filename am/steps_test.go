package am_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/executor"
	"github.com/weft-data/weft/plan"
	"github.com/weft-data/weft/shuffle"
)

// steps are the operators of the tests.
var steps = map[string]stepFunc{
	"empty":     func(context.Context, *executor.Task, string) (r executor.Result, err error) { return },
	"partition": partition,
	"devices":   devicesOf,
	"write":     write,
	"sum":       sum,
	"fail":      fail,
	"panic":     func(_ context.Context, _ *executor.Task, p string) (executor.Result, error) { panic(p) },
	"goexit":    goexit,
	"hang":      hang,
	"large":     large,
	"add":       add,
	"broadcast": broadcast,
	"cached":    cached,
	"commit":    commit,
	"lose":      lose,
	"flip":      flip,
	"fill":      fill,
	"once":      once,
	"kill":      kill,
	"gate":      gate,
}

func number(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

func partition(_ context.Context, t *executor.Task, _ string) (executor.Result, error) {
	return executor.Result{Value: []byte(strconv.Itoa(int(t.Partition)))}, nil
}

// write is a map task: it sends 0 to 999, each partition counting on where the one before ended,
// to the reduce partition of its remainder.
func write(_ context.Context, t *executor.Task, _ string) (r executor.Result, err error) {
	return writeRows(t, 1000, nil)
}

// writeRows is write with a number of rows, which end with more bytes.
func writeRows(t *executor.Task, rows int, more []byte) (r executor.Result, err error) {
	w, err := t.ShuffleWriter(shuffle.WriterConfig{})
	if err != nil {
		return r, err
	}
	defer w.Abort()
	for i := range rows {
		n := int64(t.Partition)*int64(rows) + int64(i)
		if err := w.Add(int(n)%t.Reduces, number(n), append(number(n), more...)); err != nil {
			return r, err
		}
	}
	out, err := w.Commit()
	r.Output = &out
	r.Counters.RecordsOut = int64(rows)
	return r, err
}

// sum is a reduce task over shuffle param.
func sum(ctx context.Context, t *executor.Task, param string) (r executor.Result, err error) {
	id, err := strconv.Atoi(param)
	if err != nil {
		return r, err
	}
	reader, err := t.ShuffleReader(ctx, dag.ShuffleID(id), int(t.Partition))
	if err != nil {
		return r, err
	}
	defer reader.Close()
	var total int64
	for {
		batch, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return executor.Result{Value: number(total)}, nil
		}
		if err != nil {
			return r, err
		}
		batch.Each(func(_, value []byte) { total += int64(binary.BigEndian.Uint64(value)) })
	}
}

// fail fails until the attempt that param names.
func fail(ctx context.Context, t *executor.Task, param string) (executor.Result, error) {
	if n, _ := strconv.Atoi(param); t.Partition == 1 && int(t.Attempt) < n {
		return executor.Result{}, &executor.UserError{
			Operator: "fail at steps_test.go", Partition: 1, Record: 17, Message: "no luck",
		}
	}
	return partition(ctx, t, "")
}

// hang makes a file that says that it runs, and waits for its end.
func hang(ctx context.Context, t *executor.Task, param string) (executor.Result, error) {
	if err := os.WriteFile(filepath.Join(param, strconv.Itoa(int(t.Partition))), nil, 0o600); err != nil {
		return executor.Result{}, err
	}
	<-ctx.Done()
	return executor.Result{}, errors.New("whatever users make of an ended context")
}

func goexit(ctx context.Context, t *executor.Task, param string) (executor.Result, error) {
	if t.Attempt == 0 {
		exitGoroutine()
	}
	return partition(ctx, t, param)
}

func large(_ context.Context, t *executor.Task, param string) (executor.Result, error) {
	n, err := strconv.Atoi(param)
	return executor.Result{Value: bytes.Repeat([]byte{byte(t.Partition)}, n)}, err
}

func add(_ context.Context, t *executor.Task, _ string) (executor.Result, error) {
	a := executor.Accumulator{ID: "tasks", Value: number(1)}
	if t.Partition%2 == 1 && t.Attempt == 0 {
		return executor.Result{Accumulators: []executor.Accumulator{a}}, errors.New("not counted")
	}
	return executor.Result{Accumulators: []executor.Accumulator{a}}, nil
}

func broadcast(ctx context.Context, t *executor.Task, param string) (r executor.Result, err error) {
	id, err := strconv.ParseInt(param, 10, 64)
	if err != nil {
		return r, err
	}
	n, err := t.Decoded(ctx, id, func(b []byte) (any, error) { return len(b), nil })
	if err != nil {
		return r, err
	}
	return executor.Result{Value: number(int64(n.(int)))}, nil
}

// cached reads its partition of dataset 1 where it is kept, and makes and keeps it otherwise. The
// value says which.
func cached(ctx context.Context, t *executor.Task, level string) (r executor.Result, err error) {
	reader, ok, err := t.CacheGet(ctx, 1, t.Partition)
	if err != nil {
		return r, err
	}
	if !ok {
		w, err := t.CachePut(1, t.Partition, plan.Level(level))
		if err != nil {
			return r, err
		}
		defer w.Abort()
		for i := range int64(1000) {
			if err := w.Add(nil, number(i)); err != nil {
				return r, err
			}
		}
		return executor.Result{Value: []byte("made")}, w.Commit()
	}
	defer reader.Close()
	records := 0
	for {
		batch, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return executor.Result{Value: fmt.Appendf(nil, "read %d", records)}, nil
		}
		if err != nil {
			return r, err
		}
		records += batch.Records
	}
}

// commit asks for permission and then fails once, so that the next attempt asks too.
func commit(ctx context.Context, t *executor.Task, _ string) (r executor.Result, err error) {
	if err := t.Commit(ctx); err != nil {
		return r, err
	}
	if t.Attempt == 0 {
		return r, errors.New("failed after the permission")
	}
	return partition(ctx, t, "")
}

// lose is sum, but the first task ever to run deletes a map output before it reads.
func lose(ctx context.Context, t *executor.Task, param string) (executor.Result, error) {
	if t.Partition == 0 && t.Attempt == 0 {
		for _, dir := range t.Dirs {
			files, err := filepath.Glob(filepath.Join(dir, "weft-shuffle", param, "m1-*"))
			if err != nil {
				return executor.Result{}, err
			}
			for _, f := range files {
				if err := os.Remove(f); err != nil {
					return executor.Result{}, err
				}
			}
		}
	}
	return sum(ctx, t, param)
}

// flip is sum, but its first attempt at partition 0 flips a bit of a file before: param is
// "SHUFFLE SEED".
func flip(ctx context.Context, t *executor.Task, param string) (r executor.Result, err error) {
	id, seed, _ := strings.Cut(param, " ")
	if t.Partition == 0 && t.Attempt == 0 {
		n, err := strconv.ParseUint(seed, 10, 64)
		if err != nil {
			return r, err
		}
		files, err := filepath.Glob(filepath.Join(t.Dirs[0], "weft-shuffle", id, "m*"))
		if err != nil {
			return r, err
		}
		random := rand.New(rand.NewPCG(n, 0))
		if err := flipBit(files[random.IntN(len(files))], random); err != nil {
			return r, err
		}
	}
	return sum(ctx, t, id)
}

// flipBit flips one bit of a file.
func flipBit(path string, random *rand.Rand) error {
	b, err := os.ReadFile(path)
	if err != nil || len(b) == 0 {
		return err
	}
	b[random.IntN(len(b))] ^= 1 << random.IntN(8)
	return os.WriteFile(path, b, 0o600)
}

// once is sum, but kills its own executor the first time anybody runs it: param is "DIR SHUFFLE".
func once(ctx context.Context, t *executor.Task, param string) (executor.Result, error) {
	dir, id, _ := strings.Cut(param, " ")
	f, err := os.OpenFile(filepath.Join(dir, "killed"), os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_ = f.Close()
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	return sum(ctx, t, id)
}

func kill(ctx context.Context, _ *executor.Task, _ string) (r executor.Result, err error) {
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		return r, err
	}
	<-ctx.Done()
	return r, ctx.Err()
}

// gate lets task 700 wait until the file of param is there.
func gate(ctx context.Context, t *executor.Task, param string) (executor.Result, error) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for t.Partition == 700 && !exists(param) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return executor.Result{}, context.Cause(ctx)
		}
	}
	return partition(ctx, t, "")
}
