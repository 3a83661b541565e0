package commit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	iofs "io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/weft-data/weft/fs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newJob(t testing.TB, out string) *Job {
	t.Helper()
	j := &Job{FS: fs.Local{}, Out: out, ID: "job_1", Attempt: 1}
	if err := j.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	return j
}

func allow(context.Context, Manifest) error { return nil }

// run is one task attempt that writes a line.
func run(t testing.TB, j *Job, partition int, uid, text string, permit Permit) (Manifest, error) {
	t.Helper()
	task, err := j.Task(t.Context(), partition, uid)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := task.WriteString(text); err != nil {
		t.Fatal(err)
	}
	task.AddRows(1)
	return task.Commit(t.Context(), permit)
}

// three are the manifests of a job of three partitions.
func three(t testing.TB, j *Job) []Manifest {
	t.Helper()
	var out []Manifest
	for p := range 3 {
		m, err := run(t, j, p, "u1", fmt.Sprintf("partition %d\n", p), allow)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

// tree lists all files below a directory with their content, but for _SUCCESS.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d iofs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(p)
		name := strings.TrimPrefix(p, dir+"/")
		if out[name] = string(data); name == "_SUCCESS" {
			out[name] = "(there)"
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return out
}

var outputOfThree = map[string]string{
	"part-00000": "partition 0\n", "part-00001": "partition 1\n", "part-00002": "partition 2\n",
	"_SUCCESS": "(there)",
}

func TestCommit(t *testing.T) {
	out := filepath.Join(t.TempDir(), "deep", "out")
	j := newJob(t, out)
	if err := j.Commit(t.Context(), three(t, j)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(outputOfThree, tree(t, out)); diff != "" {
		t.Error(diff)
	}
	data, err := os.ReadFile(out + "/_SUCCESS")
	if err != nil {
		t.Fatal(err)
	}
	var s Success
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	sum := fmt.Sprintf("%08x", crc32.Checksum([]byte("partition 1\n"), castagnoli))
	if want := (Part{"part-00001", "task-00001-1-u1", 12, 1, sum}); s.Rows != 3 || s.Bytes != 36 || s.Parts[1] != want {
		t.Errorf("%+v", s)
	}
}

func TestOutputExists(t *testing.T) {
	out := t.TempDir()
	err := (&Job{FS: fs.Local{}, Out: out, ID: "j", Attempt: 1}).Prepare(t.Context())
	if !errors.Is(err, ErrOutputExists) || !strings.Contains(err.Error(), out+"; choose another") {
		t.Errorf("error %v", err)
	}
	if got := tree(t, out); len(got) != 0 {
		t.Errorf("it wrote %v", got)
	}
}

// SPARK-4879: two attempts of one partition reach commit at the same instant.
func TestTwoAttemptsRace(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	j := newJob(t, out)
	var mu sync.Mutex
	holder := map[int]string{} // what the driver writes down
	permit := func(_ context.Context, m Manifest) error {
		mu.Lock()
		defer mu.Unlock()
		if h := holder[m.Partition]; h != "" && h != m.File {
			return ErrDenied
		}
		holder[m.Partition] = m.File
		return nil
	}
	var wg sync.WaitGroup
	won := make([]*Manifest, 8)
	for i := range won {
		wg.Go(func() {
			task, err := j.Task(t.Context(), 0, fmt.Sprint("u", i))
			if err == nil {
				_, err = fmt.Fprintf(task, "attempt %d\n", i)
			}
			if err != nil {
				t.Error(err)
				return
			}
			m, err := task.Commit(t.Context(), permit)
			if err == nil {
				won[i] = &m
			} else if !errors.Is(err, ErrDenied) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var manifests []Manifest
	want := map[string]string{"_SUCCESS": "(there)"}
	for i, m := range won {
		if m != nil {
			manifests = append(manifests, *m)
			want["part-00000"] = fmt.Sprintf("attempt %d\n", i)
		}
	}
	if len(manifests) != 1 {
		t.Fatalf("%d attempts hold the partition", len(manifests))
	}
	if err := j.Commit(t.Context(), manifests); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, tree(t, out)); diff != "" {
		t.Error(diff)
	}
}

// dying is a file system that a process stops using after some steps: from then on nothing it
// does has an effect.
type dying struct {
	fs.FS
	mu    sync.Mutex
	steps int
}

var errDied = errors.New("the process died")

func (d *dying) step() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.steps == 0 {
		return errDied
	}
	d.steps--
	return nil
}

func (d *dying) Rename(ctx context.Context, from, to string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.FS.Rename(ctx, from, to)
}

func (d *dying) Create(ctx context.Context, p string) (fs.Writer, error) {
	if err := d.step(); err != nil {
		return nil, err
	}
	w, err := d.FS.Create(ctx, p)
	return dyingWriter{w, d}, err
}

func (d *dying) RemoveAll(ctx context.Context, p string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.FS.RemoveAll(ctx, p)
}

// dyingWriter leaves its file half written when the process dies before Close.
type dyingWriter struct {
	fs.Writer
	d *dying
}

func (w dyingWriter) Close() error {
	if err := w.d.step(); err != nil {
		return errors.Join(err, w.Writer.Close())
	}
	return w.Writer.Close()
}

func (w dyingWriter) Abort() error { return errDied }

// SPARK-39195: the driver dies after any step of its commit; the next attempt takes over, replays
// the manifests, and the output is the same.
func TestDriverDiesAnywhere(t *testing.T) {
	for steps := 0; ; steps++ {
		out := filepath.Join(t.TempDir(), "out")
		j := newJob(t, out)
		manifests := three(t, j)
		mortal := *j
		mortal.FS = &dying{FS: j.FS, steps: steps}
		err := mortal.Commit(t.Context(), manifests)
		if err != nil && !errors.Is(err, errDied) {
			t.Fatal(err)
		}

		next := *j
		next.Attempt = 2
		if takeErr := next.TakeOver(t.Context()); takeErr != nil {
			t.Fatalf("after %d steps: %v", steps, takeErr)
		}
		if again := next.Commit(t.Context(), manifests); again != nil {
			t.Fatalf("after %d steps: %v", steps, again)
		}
		if diff := cmp.Diff(outputOfThree, tree(t, out)); diff != "" {
			t.Fatalf("after %d steps:\n%s", steps, diff)
		}
		if err == nil {
			if steps < 7 {
				t.Errorf("a commit of three parts took %d steps", steps)
			}
			return
		}
	}
}

// The same driver may call Commit again, as after a connection that broke in the middle.
func TestCommitTwice(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	j := newJob(t, out)
	manifests := three(t, j)
	for range 2 {
		if err := j.Commit(t.Context(), manifests); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(outputOfThree, tree(t, out)); diff != "" {
		t.Error(diff)
	}
}

// A driver that lives on after another took over can do nothing.
func TestOldDriverIsFenced(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	old := newJob(t, out)
	manifests := three(t, old)
	next := *old
	next.Attempt = 2
	if err := next.TakeOver(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := old.Commit(t.Context(), manifests); !errors.Is(err, ErrFenced) {
		t.Errorf("the old driver committed: %v", err)
	}
	if _, err := old.Task(t.Context(), 5, "late"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a task of the old driver began: %v", err)
	}
	if err := old.Abort(t.Context(), manifests); err != nil {
		t.Errorf("abort by the old driver: %v", err)
	}
	if err := next.Commit(t.Context(), manifests); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(outputOfThree, tree(t, out)); diff != "" {
		t.Error(diff)
	}
}

// Abort of a job whose output was there before does not touch it.
func TestAbortOfUnprepared(t *testing.T) {
	out := t.TempDir()
	j := &Job{FS: fs.Local{}, Out: out, ID: "j", Attempt: 1}
	if err := j.Abort(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(out); err != nil {
		t.Error(err)
	}
}

func TestForeignFileInTheWay(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	j := newJob(t, out)
	manifests := three(t, j)
	if err := os.WriteFile(out+"/part-00001", []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := j.Commit(t.Context(), manifests)
	if !errors.Is(err, ErrForeignFile) || !strings.Contains(err.Error(), "part-00001") {
		t.Fatalf("error %v", err)
	}
	if err := j.Abort(t.Context(), manifests); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"part-00001": "mine"}, tree(t, out)); diff != "" {
		t.Errorf("after abort:\n%s", diff)
	}
}

func TestAbortLeavesNothing(t *testing.T) {
	for steps := range 8 {
		out := filepath.Join(t.TempDir(), "out")
		j := newJob(t, out)
		manifests := three(t, j)
		if _, err := j.Task(t.Context(), 9, "open"); err != nil {
			t.Fatal(err)
		}
		mortal := *j
		mortal.FS = &dying{FS: j.FS, steps: steps}
		if err := mortal.Commit(t.Context(), manifests); err == nil {
			continue
		}
		if _, err := os.Stat(out + "/_SUCCESS"); err == nil {
			continue // committed but for the work directory
		}
		if err := j.Abort(t.Context(), manifests); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(out); !os.IsNotExist(err) {
			t.Errorf("after %d steps: %v", steps, tree(t, out))
		}
	}
}

func TestDeniedAttemptLeavesNoFile(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	j := newJob(t, out)
	_, err := run(t, j, 0, "u1", "x", func(context.Context, Manifest) error { return ErrDenied })
	if !errors.Is(err, ErrDenied) {
		t.Errorf("error %v", err)
	}
	if got := tree(t, out); len(got) != 0 {
		t.Errorf("left %v", got)
	}
}

func TestLostFile(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	j := newJob(t, out)
	manifests := three(t, j)
	if err := os.Remove(filepath.Join(out, ".weft-job_1", "a1", manifests[2].File)); err != nil {
		t.Fatal(err)
	}
	if err := j.Commit(t.Context(), manifests); !errors.Is(err, ErrLost) {
		t.Errorf("error %v, want ErrLost", err)
	}
}

func TestBadManifests(t *testing.T) {
	j := newJob(t, filepath.Join(t.TempDir(), "out"))
	good := Manifest{Partition: 1, File: "task-00001-u"}
	for _, bad := range [][]Manifest{
		{good, good},
		{{Partition: 1, File: "task-00002-u"}},
		{{Partition: 1, File: "task-00001-/../../x"}},
		{{Partition: -1, File: "task--0001-u"}},
		{{Partition: 1, File: "task-00001-u", Bytes: -1}},
	} {
		if err := j.Commit(t.Context(), bad); err == nil {
			t.Errorf("%+v accepted", bad)
		}
	}
	for _, bad := range []Job{
		{FS: j.FS, Out: "/", ID: "j", Attempt: 1}, {FS: j.FS, Out: "x", ID: "j", Attempt: 1},
		{FS: j.FS, Out: "/x", ID: "../j", Attempt: 1}, {FS: j.FS, Out: "/x", ID: "j"},
	} {
		if err := bad.Prepare(t.Context()); err == nil {
			t.Errorf("%+v prepared", bad)
		}
	}
	if _, err := j.Task(t.Context(), 0, "../u"); err == nil {
		t.Error("a uid with a slash accepted")
	}
}

// Whatever another process reports, no path outside the work directory comes of it.
func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"partition":1,"file":"task-00001-u","bytes":3}`))
	f.Add([]byte(`{"partition":1,"file":"task-00001-../../x"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var m Manifest
		if json.Unmarshal(data, &m) != nil || m.check() != nil {
			return
		}
		j := &Job{FS: fs.Local{}, Out: "/out", ID: "j", Attempt: 1}
		if !strings.HasPrefix(j.file(m), "/out/.weft-j/a1/task-") {
			t.Errorf("%+v is %s", m, j.file(m))
		}
		if filepath.Dir(j.target(m)) != "/out" {
			t.Errorf("%+v becomes %s", m, j.target(m))
		}
	})
}
