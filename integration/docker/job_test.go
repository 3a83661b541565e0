//go:build docker

package docker

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/weft-data/weft/integration/testbed"
)

// A job is an application in cluster mode whose tasks stop at a gate.
type job struct {
	*testing.T
	id  string
	dir string // of the gate and of what the tasks leave, on this machine
	out string // in HDFS
}

// onePerNode makes executors so large that each node has room for one, beside the driver or not.
var onePerNode = []string{"--num-executors", "2", "--executor-cores", "2",
	"--executor-memory", "192m", "--conf", "weft.executor.memoryOverhead=1800m",
	"--driver-memory", "192m"}

// start submits a program of the tests: NAME DIR PARTITIONS OUT.
func start(t *testing.T, name string, partitions int) *job {
	t.Helper()
	dir, err := os.MkdirTemp(shared, "job-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	gate := filepath.Join(dir, "gate")
	testbed.MakePipe(t, gate)
	for path, mode := range map[string]os.FileMode{dir: 0o777, gate: 0o666} { // whatever the umask
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	title := filepath.Base(dir)
	j := &job{T: t, dir: dir, out: "/" + title}
	args := append([]string{"submit", "--master", "yarn", "--deploy-mode", "cluster", "--detach",
		"--name", title, "--conf", "weft.yarn.maxAppAttempts=2",
		"--conf", "weft.shuffle.service.enabled=true"}, onePerNode...)
	j.id = strings.TrimSpace(weft(t, append(args,
		program(name), inside(title), strconv.Itoa(partitions), j.out)...))
	t.Cleanup(j.end)
	return j
}

// end leaves nothing of the job behind.
func (j *job) end() {
	if j.Failed() {
		weft(j.T, "kill", j.id)
		j.Logf("weft logs %s:\n%s", j.id, weft(j.T, "logs", j.id))
	}
	weft(j.T, "fs", "rm", "-r", "-f", j.out)
}

// report is what the ResourceManager says of the job.
type report struct {
	State string `json:"state"`
	Final string `json:"finalStatus"`
	AM    string `json:"amHostHttpAddress"`
}

func (j *job) report() report {
	j.Helper()
	var page struct {
		App report `json:"app"`
	}
	ask(j.T, "apps/"+j.id, &page)
	return page.App
}

// driver is the host of the driver's attempt that runs.
func (j *job) driver() host {
	j.Helper()
	name, _, _ := strings.Cut(j.report().AM, ":")
	return host(name)
}

// open lets everybody through the gate, now and from then on.
func (j *job) open() {
	j.Helper()
	testbed.OpenPipe(j.T, filepath.Join(j.dir, "gate"))
}

// began are the hosts of the attempts of a task: each left a file KIND-PARTITION-ATTEMPT-HOST.
func (j *job) began(kind string, partition int) (hosts []host) {
	j.Helper()
	files, err := filepath.Glob(filepath.Join(j.dir, fmt.Sprintf("%s-%d-*", kind, partition)))
	if err != nil {
		j.Fatal(err)
	}
	for _, file := range files {
		hosts = append(hosts, host(file[strings.LastIndexByte(file, '-')+1:]))
	}
	return hosts
}

// files are what lies in the output directory, sorted.
func (j *job) files() (paths []string) {
	j.Helper()
	for line := range strings.Lines(weft(j.T, "fs", "ls", "-R", j.out)) {
		fields := strings.Fields(line)
		paths = append(paths, fields[len(fields)-1])
	}
	return paths
}

// succeeds waits for the job's end and asserts that its output has these lines, each once, in so
// many parts, and nothing else.
func (j *job) succeeds(parts int, want []string) {
	j.Helper()
	var r report
	until(j.T, "the end of "+j.id, func() bool {
		r = j.report()
		return r.Final != "UNDEFINED"
	})
	if r.Final != "SUCCEEDED" {
		j.Fatalf("%s ended as %+v", j.id, r)
	}
	names := []string{j.out + "/_SUCCESS"}
	for p := range parts {
		names = append(names, fmt.Sprintf("%s/part-%05d", j.out, p))
	}
	if got := j.files(); !slices.Equal(got, names) {
		j.Errorf("the output has the files %q, want %q", got, names)
	}
	text := weft(j.T, append([]string{"fs", "cat"}, names[1:]...)...)
	got := slices.Sorted(slices.Values(strings.Split(strings.TrimSpace(text), "\n")))
	if slices.Sort(want); !slices.Equal(got, want) {
		j.Errorf("%d lines, want %d: %.2000q", len(got), len(want), got)
	}
}
