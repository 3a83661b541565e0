//go:build docker

package docker

import (
	"testing"

	"github.com/weft-data/weft/integration/testbed"
)

// partitions of the map stage of program gated. Those with odd numbers stop at the gate: as many as
// there are slots.
const partitions = 8

// halfway starts program gated and returns when a task waits in every slot of both nodes, with the
// hosts of the tasks that began. No other task can run then.
func halfway(t *testing.T) (*job, map[int]host) {
	t.Helper()
	j := start(t, "gated", partitions)
	until(t, "tasks at the gate", func() bool {
		for p := 1; p < partitions; p += 2 {
			if len(j.began("map", p)) == 0 {
				return false
			}
		}
		return true
	})
	hosts := map[int]host{}
	for p := range partitions {
		for _, h := range j.began("map", p) {
			hosts[p] = h
		}
	}
	return j, hosts
}

// TestHostOfExecutorsFails: the tasks of a host that YARN has lost run again, no others; what comes
// back with the host changes nothing.
func TestHostOfExecutorsFails(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			j, hosts := halfway(t)
			driver := j.driver()
			victim := driver.other()
			heal := f.happens(t, victim)
			until(t, "the driver to miss its executor", func() bool {
				return driver.says("grep", "-rqs", "executor lost", "/data/containers/"+j.id)
			})
			heal()
			j.open()
			j.succeeds(2, testbed.Sums(partitions))
			for p := range partitions {
				least, most := 1, 1
				if hosts[p] == victim {
					least, most = 1+p%2, 2 // a finished task's output may still be of use
				}
				if n := len(j.began("map", p)); n < least || n > most {
					t.Errorf("map task %d, begun on %q: %d attempts", p, hosts[p], n)
				}
			}
		})
	}
}

// TestHostOfTheDriverFails: YARN starts the driver again on the other host. Behind a partition the
// first one lives on, and comes back as a zombie.
func TestHostOfTheDriverFails(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			j, _ := halfway(t)
			victim := j.driver()
			heal := f.happens(t, victim)
			until(t, "a driver on the other host", func() bool { return j.driver() == victim.other() })
			heal()
			j.open()
			j.succeeds(2, testbed.Sums(partitions))
		})
	}
}
