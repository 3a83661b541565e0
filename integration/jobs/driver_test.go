package jobs

import (
	"strconv"
	"strings"
	"testing"

	"github.com/weft-data/weft/integration/hadoop"
)

// driver waits for the process of an attempt of the application's driver.
func (u *user) driver(id string, attempt int) (found hadoop.Process) {
	u.Helper()
	// container_EPOCH_CLUSTER_APPLICATION_ATTEMPT_000001, with or without an epoch
	mark := strings.Replace(id, "application_", "_", 1) + "_0" + strconv.Itoa(attempt) + "_000001"
	u.until("attempt "+strconv.Itoa(attempt)+" of the driver", func() bool {
		all, err := u.cluster.Processes()
		if err != nil {
			u.Fatal(err)
		}
		for _, p := range all {
			if strings.HasSuffix(p.Container, mark) && strings.Contains(p.Args[0], "program") {
				found = p
				return true
			}
		}
		return false
	})
	return found
}

// TestDriverStartedAgainWritesItsOutput: YARN starts a driver that was killed in the middle of a
// save again, and that one writes the rows to the directory that the first had begun.
func TestDriverStartedAgainWritesItsOutput(t *testing.T) {
	g, name := newGate(newUser(t)), unique(t)
	out := g.scratch() + "/out"
	r := g.start("weft", submission(name, "cluster", "--executor-cores", "2", program("gated"), g.Dir,
		strconv.Itoa(partitions), out)...)
	g.halfway()
	id := g.applications(name)[0].ID
	if err := g.driver(id, 1).Kill9(); err != nil {
		t.Fatal(err)
	}
	g.driver(id, 2)
	g.Open()
	if code := r.code(); code != 0 {
		t.Fatalf("exit code %d\n%s\n%s", code, &r.stderr, g.weft("logs", id))
	}
	g.right(out)
	g.noneLeft(name)
}
