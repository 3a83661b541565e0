package jobs

import (
	"slices"
	"strings"
	"testing"
)

// TestLogsKeepTheStackOfAPanic reads the logs of an application that has ended, from HDFS.
func TestLogsKeepTheStackOfAPanic(t *testing.T) {
	u, name := newUser(t), unique(t)
	r := u.start("weft", submission(name, "cluster", program("misbehave"), "panic", u.scratch()+"/out")...)
	if code := r.code(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	id := u.application(name, application.ended).ID
	if !strings.Contains(r.stderr.String(), "weft logs "+id) {
		t.Errorf("no word of weft logs in\n%s", &r.stderr)
	}
	u.noneLeft(name)
	var log string
	u.until("aggregated logs of "+id, func() bool { // nodes write them when all containers have ended
		said := u.start("weft", "logs", id)
		log = ""
		if said.code() == 0 {
			log = said.stdout.String()
		}
		return strings.Contains(log, "executor registered") && strings.Contains(log, "goroutine ")
	})
	for _, want := range []string{"no room for 17", "runtime/debug.Stack", "main.init.func", "main.go:22",
		"failed 4 times"} {
		if !strings.Contains(log, want) {
			t.Errorf("no %q in\n%s", want, log)
		}
	}
}

// TestSecondSubmitUploadsNothing compares what is staged before and after, times included.
func TestSecondSubmitUploadsNothing(t *testing.T) {
	u := newUser(t)
	staging := u.scratch()
	var before []string
	for i, mode := range append(modes, modes...) {
		name := unique(t)
		u.succeed(submission(name, mode, "--conf", "weft.yarn.stagingDir="+staging, program("pi"), "2", "1000"))
		u.noneLeft(name)
		after := u.staged(staging)
		if len(after) != 1 || i > 0 && !slices.Equal(after, before) {
			t.Errorf("staged %q, before %q", after, before)
		}
		before = after
	}
}
