package weft_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weft-data/weft"
)

var (
	explode = weft.Map(func(line string) string {
		if line == "boom" {
			panic("no such thread")
		}
		return line
	})
	reject = weft.TryMap(func(line string) (string, error) {
		if line == "boom" {
			return "", errors.New("no such thread")
		}
		return line, nil
	})
	upper   = weft.Map(strings.ToUpper)
	isShort = weft.Filter(func(line string) bool { return len(line) < 10 })
	byLine  = weft.KeyBy(func(line string) string { return line })
	lines1  = weft.GroupByKey[string, string]()

	workedOn atomic.Int64
	worked   = weft.Map(func(line string) string {
		workedOn.Add(1)
		return line
	})
	blocked = weft.MapWith(func(t *weft.Task, _ struct{}) (func(string) string, error) {
		return func(line string) string {
			<-t.Context().Done()
			return line
		}, nil
	})
)

// TestFailureNamesOperatorPartitionAndRecord covers user code that panics or returns an error
// behind other operators.
func TestFailureNamesOperatorPartitionAndRecord(t *testing.T) {
	records := []string{"a", "b", "c", "d", "boom", "e"}
	for name, op := range map[string]weft.Narrow[string, string]{
		"panic: no such thread": explode, "no such thread": reject,
	} {
		err := weft.Local(t.Context(), 2, func(ctx context.Context, s *weft.Session) error {
			_, err := upper.On(op.On(isShort.On(weft.Parallelize(s, records, 2)))).Collect(ctx)
			return err
		})
		if err == nil {
			t.Fatalf("%s: no error", name)
		}
		for _, want := range []string{"map at behaviour_test.go:", "(partition 1)", "record 2", name} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q lacks %q", err, want)
			}
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("more than one line: %q", err)
		}
	}
}

func TestMissingInputIsOneClearLine(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	err := weft.Local(t.Context(), 1, func(ctx context.Context, s *weft.Session) error {
		return upper.On(weft.TextFile(s, "/no/such/file")).SaveAsText(ctx, out)
	})
	if err == nil || !strings.Contains(err.Error(), "/no/such/file") ||
		strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(out); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the output is there: %v", err)
	}
}

func TestOutputThatExistsStaysAsItIs(t *testing.T) {
	out := t.TempDir()
	err := weft.Local(t.Context(), 1, func(ctx context.Context, s *weft.Session) error {
		return weft.TextFile(s, "LICENSE").SaveAsText(ctx, out)
	})
	if err == nil || !strings.Contains(err.Error(), "output directory exists") {
		t.Errorf("got %v", err)
	}
	if files, _ := os.ReadDir(out); len(files) > 0 {
		t.Errorf("files were written: %v", files)
	}
}

func TestFailedJobLeavesNoOutput(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	err := weft.Local(t.Context(), 2, func(ctx context.Context, s *weft.Session) error {
		return explode.On(weft.Parallelize(s, []string{"a", "boom"}, 2)).SaveAsText(ctx, out)
	})
	if err == nil {
		t.Fatal("no error")
	}
	if _, err := os.Stat(out); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something is left of the output: %v", err)
	}
}

// TestFinishedShuffleIsReused covers S10 and S23 through the API: the second action does not run
// the map side again.
func TestFinishedShuffleIsReused(t *testing.T) {
	local(t, func(ctx context.Context, s *weft.Session) error {
		workedOn.Store(0)
		groups := lines1.On(byLine.On(worked.On(weft.Parallelize(s, []string{"a", "b"}, 2))))
		for range 3 {
			if _, err := groups.Count(ctx); err != nil {
				return err
			}
		}
		if n := workedOn.Load(); n != 2 {
			t.Errorf("%d records were worked on, want 2", n)
		}
		return nil
	})
}

// TestCancelledActionEnds covers a context that ends while tasks run; the session goes on.
func TestCancelledActionEnds(t *testing.T) {
	local(t, func(ctx context.Context, s *weft.Session) error {
		ds := weft.Parallelize(s, []string{"a"}, 1)
		short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		if _, err := blocked.On(ds, struct{}{}).Count(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		n, err := ds.Count(ctx)
		if n != 1 {
			t.Errorf("afterwards the dataset has %d records", n)
		}
		return err
	})
}

func TestActionsOfSeveralGoroutinesRunAtOnce(t *testing.T) {
	local(t, func(ctx context.Context, s *weft.Session) error {
		ds := weft.Parallelize(s, []string{"a", "b", "c"}, 3)
		results := make(chan error)
		for range 8 {
			go func() {
				n, err := lines1.On(byLine.On(ds)).Count(ctx)
				if err == nil && n != 3 {
					err = errors.New("wrong count")
				}
				results <- err
			}()
		}
		var all error
		for range 8 {
			all = errors.Join(all, <-results)
		}
		return all
	})
}

func TestUnknownTypeTellsHowToDeclareIt(t *testing.T) {
	type private struct{ N int }
	err := weft.Local(t.Context(), 1, func(ctx context.Context, s *weft.Session) error {
		_, err := weft.Parallelize(s, []private{{1}}, 1).Count(ctx)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "weft.Type[") {
		t.Errorf("got %v", err)
	}
}

func TestCoPartitionedJoinNeedsNoShuffle(t *testing.T) {
	local(t, func(ctx context.Context, s *weft.Session) error {
		a := oracleGroup.On(weft.Parallelize(s, []pair{{"a", 1}, {"b", 2}}, 2))
		b := groupStrings.On(weft.Parallelize(s, []other{{"a", "x"}}, 2))
		both := joinGroups.On(a, b)
		if _, err := both.Count(ctx); err != nil {
			return err
		}
		if got := both.Explain(); strings.Count(got, "shuffle") != 2 {
			t.Errorf("the join moves records:\n%s", got)
		}
		return nil
	})
}

var (
	groupStrings = weft.GroupByKey[string, string]()
	joinGroups   = weft.Join[string, []int, []string]()
)

func TestPipeReportsHowTheProgramEnded(t *testing.T) {
	for _, c := range []struct{ program, want string }{
		{"false", "exit status 1"},
		{"no-such-program", "no-such-program"},
	} {
		err := weft.Local(t.Context(), 1, func(ctx context.Context, s *weft.Session) error {
			_, err := weft.Pipe(weft.Parallelize(s, []string{"a"}, 1), c.program).Collect(ctx)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v", c.program, err)
		}
	}
}

// TestPipeOfAProgramThatReadsLittle covers a program that ends before it has read its input, with
// output larger than any pipe's buffer on both sides.
func TestPipeOfAProgramThatReadsLittle(t *testing.T) {
	local(t, func(ctx context.Context, s *weft.Session) error {
		text := weft.Parallelize(s, make([]string, 300_000), 1)
		if n, err := weft.Pipe(text, "head", "-n", "3").Count(ctx); err != nil || n != 3 {
			t.Errorf("head gives %d lines, %v", n, err)
		}
		if n, err := weft.Pipe(text, "cat").Count(ctx); err != nil || n != 300_000 {
			t.Errorf("cat gives %d lines, %v", n, err)
		}
		return nil
	})
}

func TestUsageEndsWithItsText(t *testing.T) {
	if got := weft.Usage("sort IN %s", "OUT").Error(); got != "usage: sort IN OUT" {
		t.Error(got)
	}
}
