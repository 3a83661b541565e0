package jobs

import (
	"strings"
	"testing"
)

// TestPoolFileOnTheCluster covers S75 and S86 on a real YARN: the driver, wherever it runs, reads the
// allocation file from HDFS, and knows the pool that it names from one that it does not.
func TestPoolFileOnTheCluster(t *testing.T) {
	u := newUser(t)
	dir := u.scratch()
	u.weft("fs", "put", u.file("fairscheduler.xml", `<allocations>
  <pool name="production"><schedulingMode>FAIR</schedulingMode><weight>2</weight></pool>
</allocations>`), dir+"/fairscheduler.xml")
	u.weft("fs", "put", u.file("broken.xml", "<allocations><pool name=\"a\"></allocations>"), dir+"/broken.xml")
	pooled := func(name, mode, file string) *running {
		args := submission(name, mode, "--conf", "weft.scheduler.mode=FAIR", "--conf",
			"weft.scheduler.allocation.file="+dir+"/"+file, program("pools"))
		return u.start("weft", args...)
	}
	for _, mode := range modes {
		name := unique(t)
		if r := pooled(name, mode, "broken.xml"); r.code() == 0 ||
			!strings.Contains(r.stderr.String(), "line 1") || mode == "cluster" && r.code() != 2 {
			t.Errorf("%s: exit code %d: %s", mode, r.code(), &r.stderr)
		}
		if submitted := u.applications(name); len(submitted) > 0 {
			t.Errorf("%s: submitted %v", mode, submitted)
		}
	}
	r := pooled(unique(t), "client", "fairscheduler.xml")
	if code, said := r.code(), r.stderr.String(); code != 0 || strings.Contains(said, `pool="production`) ||
		!strings.Contains(said, "no allocation file has settings for a pool; it has the defaults") ||
		!strings.Contains(said, `pool="adhoc`) {
		t.Errorf("client: exit code %d:\n%s", code, said)
	}
	name := unique(t)
	r = pooled(name, "cluster", "fairscheduler.xml")
	if r.code() != 0 {
		t.Fatalf("cluster: exit code %d:\n%s", r.code(), &r.stderr)
	}
	id := u.application(name, application.ended).ID
	u.until("the driver's log", func() bool { // nodes write them when all containers have ended
		log := u.start("weft", "logs", id, "--file", "stderr")
		return log.code() == 0 && strings.Contains(log.stdout.String(), `pool="adhoc`) &&
			!strings.Contains(log.stdout.String(), `pool="production`)
	})
}
