package am_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weft-data/weft/am"
)

// TestJobsWaitForExecutors covers S15: the first job begins when enough executors are registered, or
// when it has waited long enough; later ones do not wait.
func TestJobsWaitForExecutors(t *testing.T) {
	const ratio = "weft.scheduler.minRegisteredResourcesRatio"
	for name, c := range map[string]struct {
		settings []string
		enter    time.Duration // when the second of two executors comes
		begins   time.Duration
	}{
		"both":          {[]string{ratio, "0.8"}, 10 * time.Second, 10 * time.Second},
		"half":          {[]string{ratio, "0.5"}, 10 * time.Second, 0},
		"any":           {nil, 10 * time.Second, 0},
		"too late":      {[]string{ratio, "1"}, 40 * time.Second, 30 * time.Second},
		"not that long": {[]string{ratio, "1", "weft.scheduler.maxRegisteredResourcesWaitingTime", "5s"}, 40 * time.Second, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := openYard(t, settings(t, c.settings...))
				defer y.stop()
				start := time.Now()
				first, _ := y.enter()
				result := y.submit()
				later := time.AfterFunc(c.enter, func() { y.enter() })
				defer later.Stop()
				task := first.task()
				if d := time.Since(start); d != c.begins {
					t.Errorf("it began after %s, want %s", d, c.begins)
				}
				first.succeed(task, "good")
				if got := <-result; got != "good" {
					t.Errorf("result %q", got)
				}
				if n := y.driver.Status().Notice; n != "" {
					t.Errorf("still: %s", n)
				}
			})
		})
	}
}

func TestWaitingForExecutorsIsNoticedAndCanBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, settings(t, "weft.scheduler.minRegisteredResourcesRatio", "1",
			"weft.scheduler.maxRegisteredResourcesWaitingTime", "1h"))
		defer y.stop()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 2)
		for range 2 {
			go func() { ended <- y.driver.Run(ctx, single(y.driver, 0, 1, step{Do: "empty"})) }()
		}
		synctest.Wait()
		if n := y.driver.Status().Notice; !strings.Contains(n, "0 of 2 are registered; jobs begin with 2") {
			t.Errorf("notice %q", n)
		}
		pass(time.Minute)
		if n := y.driver.Cancel("test", func(j *am.Job) bool { return j.ID == 0 }); n != 1 {
			t.Errorf("%d cancelled", n)
		}
		if err := <-ended; !errors.Is(err, am.ErrCancelled) {
			t.Error(err)
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if s := y.driver.Status(); s.Notice != "" || len(y.driver.Jobs()) > 0 || len(s.Jobs) > 0 {
			t.Errorf("left: %q, %d jobs", s.Notice, len(y.driver.Jobs()))
		}
	})
}

// TestStarvingNoticeNamesTheFix covers S36 in its wording.
func TestStarvingNoticeNamesTheFix(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := openYard(t, settings(t, "weft.starvation.timeout", "5s"))
		defer y.stop()
		result := y.submit()
		pass(6 * time.Second)
		want := "no executor has accepted tasks for 5s: 0 of 2 executors are registered; the cluster " +
			"has granted no container of 1127 MB and 1 cores; look at its queue, or lower " +
			"weft.executor.memory and weft.executor.cores"
		if n := y.driver.Status().Notice; n != want {
			t.Errorf("notice %q", n)
		}
		_, l := y.give()
		pass(6 * time.Second)
		if n := y.driver.Status().Notice; !strings.Contains(n, "no executor came up in them") {
			t.Errorf("notice %q", n)
		}
		h := y.dial(l.Executor)
		h.register("m")
		h.next()
		h.succeed(h.task(), "good")
		<-result
	})
}
