//go:build docker

package docker

import (
	"strings"
	"testing"
)

// TestSubmitFromTheEdge runs a job in both modes with the shuffle service, from a host that has weft
// and HADOOP_CONF_DIR only.
func TestSubmitFromTheEdge(t *testing.T) {
	weft(t, "fs", "rm", "-r", "-f", "/docker-test")
	weft(t, "fs", "mkdir", "-p", "/docker-test")
	weft(t, "fs", "put", "/etc/hadoop/yarn-site.xml", "/docker-test/in.txt")
	for _, mode := range []string{"client", "cluster"} {
		out := "/docker-test/" + mode
		weft(t, "submit", "--master", "yarn", "--deploy-mode", mode, "--num-executors", "2",
			"--conf", "weft.shuffle.service.enabled=true",
			"/opt/weft/bin/examples/wordcount", "/docker-test/in.txt", out)
		if ls := weft(t, "fs", "ls", out); !strings.Contains(ls, "_SUCCESS") {
			t.Errorf("%s mode left:\n%s", mode, ls)
		}
		if counts := weft(t, "fs", "cat", out+"/part-00000", out+"/part-00001"); !strings.Contains(
			counts, "<configuration>\t1\n") {
			t.Errorf("%s mode counted:\n%s", mode, counts)
		}
	}
}
