//go:build docker

package docker

import (
	"strings"
	"testing"

	"github.com/weft-data/weft/fs/commit"
	"github.com/weft-data/weft/integration/testbed"
)

// TestZombieCommitsNothing: the driver's host loses the ResourceManager and nothing else. YARN
// starts the driver again on the other host, while the first one, with an executor of its own, goes
// on to its output in the same directory; nobody can stop it but itself.
func TestZombieCommitsNothing(t *testing.T) {
	j, _ := halfway(t)
	zombie := j.driver()
	silent := fault{"silent",
		func(t *testing.T, h host) { h.filter(t, "-A", "OUTPUT", "-d", subnet+".11", "-j", "DROP") },
		func(t *testing.T, h host) { h.filter(t, "-F", "OUTPUT") }}
	heal := silent.happens(t, zombie)
	until(t, "the second driver's part of the output", func() bool {
		return strings.Contains(weft(t, "fs", "ls", "-R", j.out), "/a2\n")
	})
	alive := func() bool { return zombie.says("pgrep", "-x", "program") }
	if !alive() {
		t.Fatal("the first driver ended too early")
	}
	j.open()
	until(t, "the end of the first driver", func() bool { return !alive() })
	if !zombie.says("grep", "-rqs", commit.ErrFenced.Error(), "/data/containers/"+j.id) {
		t.Error("the first driver did not come as far as its output")
	}
	j.succeeds(2, testbed.Sums(partitions))
	heal()
}
