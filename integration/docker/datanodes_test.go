//go:build docker

package docker

import (
	"fmt"
	"strings"
	"testing"
)

// TestDataNodeFailsWhileOutputIsWritten: half of each file is on both DataNodes when one of them
// dies. The tasks that wrote to it fail and run again on the one that is left.
func TestDataNodeFailsWhileOutputIsWritten(t *testing.T) {
	const files = 4 // as many as there are slots
	awaitDataNodes(t)
	j := start(t, "lines", files)
	until(t, "half of each file", func() bool {
		for p := range files {
			if len(j.began("half", p)) == 0 {
				return false
			}
		}
		return true
	})
	t.Cleanup(func() {
		data2.docker(t, "start")
		data2.recovers(t)
		awaitDataNodes(t)
	})
	data2.docker(t, "kill")
	j.open()
	j.succeeds(files, lines(files))
	for p := range files {
		if n := len(j.began("half", p)); n == 1 {
			t.Errorf("the fault did not reach the task that wrote part %d", p)
		}
	}
}

// lines is the right output of program lines.
func lines(files int) (all []string) {
	padding := strings.Repeat("x", 100)
	for p := range files {
		for n := range 100_000 {
			all = append(all, fmt.Sprintf("%d\t%d\t%s", p, n, padding))
		}
	}
	return all
}
