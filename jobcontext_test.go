package weft_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft"
)

// background counts the records of an endless dataset beside the test until it is cancelled.
func background(ctx context.Context, s *weft.Session) <-chan error {
	ended := make(chan error, 1)
	go func() {
		_, err := endless.On(weft.Parallelize(s, []string{"a"}, 1), struct{}{}).Count(ctx)
		ended <- err
	}()
	<-began
	return ended
}

// TestJobsHaveTheAttributesOfTheirContext covers S65, S74, S75, S76 and S77 through the API: actions
// of several goroutines run at once, each with what its own context says.
func TestJobsHaveTheAttributesOfTheirContext(t *testing.T) {
	err := weft.Local(t.Context(), 4, func(ctx context.Context, s *weft.Session) error {
		prod := weft.WithTags(weft.WithPool(weft.WithJobGroup(ctx, "g", "why"), "prod"), "x", "y")
		contexts := []context.Context{
			prod,
			weft.WithTags(weft.WithPool(prod, ""), "z", "x"), // the pool is cleared, here only
			weft.WithTags(weft.WithJobGroup(weft.WithPool(prod, "adhoc"), "", "")),
			ctx,
		}
		var ended []<-chan error
		for _, c := range contexts {
			ended = append(ended, background(c, s))
		}
		want := []weft.Job{
			{ID: 0, Pool: "prod", Group: "g", Description: "why", Tags: []string{"x", "y"}},
			{ID: 1, Group: "g", Description: "why", Tags: []string{"x", "y", "z"}},
			{ID: 2, Pool: "adhoc"},
			{ID: 3},
		}
		jobs := s.Jobs()
		for i := range jobs {
			if i >= 2 && strings.HasPrefix(jobs[i].Description, "count at jobcontext_test.go:") {
				jobs[i].Description = "" // its own name
			}
		}
		if diff := cmp.Diff(want, jobs); diff != "" {
			t.Errorf("jobs (-want +got):\n%s", diff)
		}
		for _, job := range jobs {
			if !s.CancelJob(job.ID) {
				t.Errorf("job %d was not there", job.ID)
			}
		}
		for i, e := range ended {
			if err := <-e; !errors.Is(err, weft.ErrCancelled) {
				t.Errorf("job %d: %v", i, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestCancelEndsWhatItNamesAndNothingElse(t *testing.T) {
	err := weft.Local(t.Context(), 4, func(ctx context.Context, s *weft.Session) error {
		a := background(weft.WithTags(weft.WithJobGroup(ctx, "a", ""), "slow"), s)
		b := background(weft.WithTags(weft.WithJobGroup(ctx, "b", ""), "slow"), s)
		c := background(ctx, s)
		short, cancel := context.WithCancel(ctx)
		d := background(short, s)
		for what, n := range map[string]int{
			"a group nobody has":  s.CancelGroup("c"),
			"the empty group":     s.CancelGroup(""),
			"a tag nobody has":    s.CancelTag("fast"),
			"the empty tag":       s.CancelTag(""),
			"a job that is to be": count(s.CancelJob(99)),
		} {
			if n != 0 || len(s.Jobs()) != 4 {
				t.Errorf("%s: %d jobs were cancelled, %d are left", what, n, len(s.Jobs()))
			}
		}
		if n := s.CancelGroup("a"); n != 1 || !errors.Is(<-a, weft.ErrCancelled) {
			t.Errorf("group a had %d jobs", n)
		}
		if n := s.CancelTag("slow"); n != 1 || !errors.Is(<-b, weft.ErrCancelled) {
			t.Errorf("%d slow jobs were left", n)
		}
		cancel()
		if err := <-d; !errors.Is(err, context.Canceled) || errors.Is(err, weft.ErrCancelled) {
			t.Errorf("the context's own end: %v", err)
		}
		jobs := s.Jobs()
		if len(jobs) != 1 || !s.CancelJob(jobs[0].ID) || s.CancelJob(jobs[0].ID+1) {
			t.Errorf("left: %v", jobs)
		}
		return ignore(<-c, weft.ErrCancelled)
	})
	if err != nil {
		t.Error(err)
	}
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

func ignore(err, target error) error {
	if errors.Is(err, target) {
		return nil
	}
	return err
}

func TestAttributesThatNoJobCanHave(t *testing.T) {
	huge := strings.Repeat("é", 5<<20)
	many := make([]string, 65)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	local(t, func(ctx context.Context, s *weft.Session) error {
		ds := weft.Parallelize(s, []string{"a"}, 1)
		for _, c := range []struct {
			ctx  context.Context
			want string
		}{
			{weft.WithPool(ctx, huge), "has 10485760 bytes, want at most 1024"},
			{weft.WithPool(ctx, "a\xff"), `pool "a\xff" is not UTF-8`},
			{weft.WithJobGroup(ctx, huge, ""), "job group"},
			{weft.WithJobGroup(ctx, "g", huge), "job description"},
			{weft.WithJobDescription(ctx, huge), "want at most 8192"},
			{weft.WithTags(ctx, huge), "job tag"},
			{weft.WithTags(ctx, "a,b"), "comma"},
			{weft.WithTags(ctx, ""), "empty"},
			{weft.WithTags(ctx, many...), "65 job tags, want at most 64"},
		} {
			_, err := ds.Count(c.ctx)
			if err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 400 {
				t.Errorf("want %q, got %.400v", c.want, err)
			}
		}
		if len(s.Jobs()) > 0 {
			t.Error("a job began")
		}
		_, err := ds.Count(weft.WithPool(weft.WithPool(ctx, huge), "small"))
		return err // what was wrong is replaced
	})
}

// TestContextsShareNoTags covers tags added twice to one context: the second may not write into the
// first one's list.
func TestContextsShareNoTags(t *testing.T) {
	err := weft.Local(t.Context(), 2, func(ctx context.Context, s *weft.Session) error {
		base := weft.WithTags(ctx, "m", "b", "k")
		first := background(weft.WithTags(base, "a"), s)
		second := background(weft.WithTags(base, "z"), s)
		var got []string
		for _, job := range s.Jobs() {
			got = append(got, strings.Join(job.Tags, " "))
		}
		if want := []string{"a b k m", "b k m z"}; !slices.Equal(got, want) {
			t.Errorf("tags %q, want %q", got, want)
		}
		s.CancelTag("b")
		return ignore(errors.Join(<-first, <-second), weft.ErrCancelled)
	})
	if err != nil {
		t.Error(err)
	}
}
