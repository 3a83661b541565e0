package commit

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft/fs"
)

// next is the job as the driver's next attempt builds it.
func next(j *Job) *Job {
	return &Job{FS: fs.Local{}, Out: j.Out, ID: j.ID, Attempt: j.Attempt + 1}
}

// begin asserts what Begin says of the output.
func begin(t *testing.T, j *Job, whole bool) {
	t.Helper()
	if got, err := j.Begin(t.Context()); err != nil || got != whole {
		t.Fatalf("attempt %d begins: whole %t, error %v", j.Attempt, got, err)
	}
}

// The driver dies after any step of its commit, and took what it knew of its tasks with it. The next
// one ends the commit where that had begun to show, and writes everything again where it had not.
func TestDriverDiesWithItsMemory(t *testing.T) {
	resumed := 0
	for steps := 0; ; steps++ {
		old := newJob(t, filepath.Join(t.TempDir(), "out"))
		manifests := three(t, old)
		mortal := *old
		mortal.FS = &dying{FS: old.FS, steps: steps}
		died := mortal.Commit(t.Context(), manifests)

		j := next(old)
		whole, err := j.Begin(t.Context())
		if err != nil {
			t.Fatalf("after %d steps: %v", steps, err)
		}
		if whole {
			resumed++
		} else if err := j.Commit(t.Context(), three(t, j)); err != nil {
			t.Fatalf("after %d steps: %v", steps, err)
		}
		if diff := cmp.Diff(outputOfThree, tree(t, old.Out)); diff != "" {
			t.Fatalf("after %d steps:\n%s", steps, diff)
		}
		if died == nil {
			break
		}
	}
	if resumed < 5 { // three parts, _SUCCESS, the work directory
		t.Errorf("%d commits were ended, the others began again", resumed)
	}
}

// A driver behind a partition knows nothing of the one that took its place: whenever it comes
// back, the output is that of one of them.
func TestZombieCommitsNothing(t *testing.T) {
	old := newJob(t, filepath.Join(t.TempDir(), "out"))
	manifests := three(t, old)
	zombie := func(when string) {
		t.Helper()
		if err := old.Commit(t.Context(), manifests); !errors.Is(err, ErrFenced) {
			t.Errorf("%s the zombie commits: %v", when, err)
		}
		if err := old.Abort(t.Context(), manifests); err != nil {
			t.Errorf("%s the zombie gives up: %v", when, err)
		}
	}
	j := next(old)
	begin(t, j, false)
	zombie("before the tasks")
	again := three(t, j)
	zombie("after the tasks")
	if err := j.draft(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	if err := j.renameAll(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	zombie("after the parts")
	if err := j.Commit(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	zombie("after the commit")
	if diff := cmp.Diff(outputOfThree, tree(t, j.Out)); diff != "" {
		t.Error(diff)
	}
}

// The third attempt finds what the second had taken over.
func TestTwoDriversDie(t *testing.T) {
	first := newJob(t, filepath.Join(t.TempDir(), "out"))
	second := next(first)
	begin(t, second, false)
	three(t, second)
	third := next(second)
	begin(t, third, false)
	if err := third.Commit(t.Context(), three(t, third)); err != nil {
		t.Fatal(err)
	}
	begin(t, next(third), true)
}

// Begin takes over nothing that an earlier attempt of this driver did not write.
func TestForeignOutputStays(t *testing.T) {
	for name, write := range map[string]func(j *Job) error{
		"a directory": func(j *Job) error { return os.Mkdir(j.Out, 0o700) },
		"an output":   func(j *Job) error { return whole(t, j, "other", 1) },
		"its own":     func(j *Job) error { return whole(t, j, j.ID, 2) },
		"half of its own": func(j *Job) error {
			return (&Job{FS: j.FS, Out: j.Out, ID: j.ID, Attempt: 2}).Prepare(t.Context())
		},
	} {
		t.Run(name, func(t *testing.T) {
			j := &Job{FS: fs.Local{}, Out: filepath.Join(t.TempDir(), "out"), ID: "job_1", Attempt: 2}
			if err := write(j); err != nil {
				t.Fatal(err)
			}
			before := tree(t, j.Out)
			if _, err := j.Begin(t.Context()); !errors.Is(err, ErrOutputExists) {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(before, tree(t, j.Out)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// whole writes the output of another job.
func whole(t *testing.T, j *Job, id string, attempt int) error {
	t.Helper()
	other := &Job{FS: j.FS, Out: j.Out, ID: id, Attempt: attempt}
	if err := other.Prepare(t.Context()); err != nil {
		return err
	}
	return other.Commit(t.Context(), three(t, other))
}

// A file _SUCCESS that another program wrote is no commit of ours.
func TestForeignSuccess(t *testing.T) {
	for _, text := range []string{"", `{"job": "other"}`} {
		j := newJob(t, filepath.Join(t.TempDir(), "out"))
		manifests := three(t, j)
		if err := os.WriteFile(filepath.Join(j.Out, successName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := j.Commit(t.Context(), manifests); !errors.Is(err, ErrForeignFile) {
			t.Errorf("%q: error %v", text, err)
		}
	}
}
