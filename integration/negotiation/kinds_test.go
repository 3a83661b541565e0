package negotiation

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/weft-data/weft/integration/testbed"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/scheduler/replay"
)

// kinds is where program kinds leaves its marks, and waits.
type kinds struct {
	*bed
	dir string
	log string // the scheduler's
}

// widgetScript says where a widget is, on every node.
const widgetScript = "#!/bin/sh\necho '{\"name\": \"acme.com/widget\", \"addresses\": [\"w0\"]}'\n"

func (b *bed) kinds() kinds {
	b.Helper()
	k := kinds{bed: b, dir: b.TempDir()}
	k.log = filepath.Join(k.dir, "scheduler.log")
	for stage := 1; stage <= 3; stage++ {
		testbed.MakePipe(b, k.pipe(stage))
	}
	if err := os.WriteFile(filepath.Join(k.dir, "widgets"), []byte(widgetScript), 0o755); err != nil {
		b.Fatal(err)
	}
	return k
}

func (k kinds) pipe(stage int) string { return filepath.Join(k.dir, fmt.Sprintf("gate-%d", stage)) }

// start submits the program with executors on demand, which go when they have been idle.
func (k kinds) start(tasks int) *job {
	k.Helper()
	return k.submit("--queue", "a", "--executor-memory", "192m",
		"--conf", "weft.yarn.stagingDir="+k.staging, "--conf", "weft.scheduler.log="+k.log,
		"--conf", "weft.dynamicAllocation.enabled=true", "--conf", "weft.shuffle.service.enabled=true",
		"--conf", "weft.dynamicAllocation.executorIdleTimeout=2s",
		"--conf", "weft.executor.resource.acme.com/widget.discoveryScript="+k.dir+"/widgets",
		program("kinds"), k.dir, strconv.Itoa(tasks))
}

// open lets the tasks of a stage through.
func (k kinds) open(stage int) {
	k.Helper()
	testbed.OpenPipe(k, k.pipe(stage))
}

// used is what the ResourceManager has given away in all.
func (k kinds) used() (containers, widgets int64) {
	k.Helper()
	nodes, err := k.client.Nodes(k.Context(), rmclient.NodeRunning)
	if err != nil {
		k.Fatal(err)
	}
	for _, n := range nodes {
		containers += int64(n.Containers)
		widgets += n.Used.Extra["acme.com/widget"]
	}
	return containers, widgets
}

// running waits until all tasks of a stage run and the cluster has given what they need, no more.
func (k kinds) running(stage, tasks int, widgets int64) {
	k.Helper()
	k.until(fmt.Sprintf("the tasks of stage %d, %d containers, %d widgets", stage, tasks, widgets),
		func() bool {
			marks, err := filepath.Glob(fmt.Sprintf("%s/%d-*", k.dir, stage))
			if err != nil {
				k.Fatal(err)
			}
			c, w := k.used()
			return len(marks) == tasks && c == int64(tasks) && w == widgets
		})
}

// resourceStage: the second stage of a job needs widgets. Executors that have them come for it, and
// those of the first stage go while it runs; the third stage has executors of the first kind again.
func (b *bed) resourceStage() {
	const tasks = 4
	k := b.kinds()
	j := k.start(tasks)
	for stage, widgets := range []int64{0, tasks, 0} {
		k.running(stage+1, tasks, widgets)
		k.open(stage + 1)
	}
	said := j.succeeds()
	for _, sum := range []string{"sum 0 249500\n", "sum 1 250000\n"} {
		if !strings.Contains(said, sum) {
			b.Errorf("no %q", sum)
		}
	}
	if strings.Contains(said, "lost") || strings.Contains(said, "failed attempts") {
		b.Errorf("something went wrong:\n%s", said)
	}
	for partition := range tasks {
		k.has(1, partition, "")
		k.has(2, partition, "w0")
		k.has(3, partition, "")
	}
	k.decided("want executors: 4\n", "; 4 of profile 1\n", "release ", "; 0 of profile 1\n")
}

// has asserts what addresses a task had.
func (k kinds) has(stage, partition int, want string) {
	k.Helper()
	got, err := os.ReadFile(fmt.Sprintf("%s/%d-%d", k.dir, stage, partition))
	if err != nil || string(got) != want {
		k.Errorf("stage %d, partition %d: widgets %q, %v; want %q", stage, partition, got, err, want)
	}
}

// decided asserts what the scheduler wanted, in this order, by its log.
func (k kinds) decided(want ...string) {
	k.Helper()
	file, err := os.Open(k.log)
	if err != nil {
		k.Fatal(err)
	}
	defer file.Close()
	var played strings.Builder
	if err := replay.Replay(file, &played); err != nil {
		k.Fatal(err)
	}
	rest := played.String()
	for _, w := range want {
		_, after, found := strings.Cut(rest, w)
		if !found {
			k.Errorf("no %q in order in\n%s", w, &played)
			return
		}
		rest = after
	}
}

// refusedStages: a stage whose executors the cluster can never give fails its job, and the
// application goes on.
func (b *bed) refusedStages() {
	said := b.submit("--queue", "a", "--executor-memory", "192m",
		"--conf", "weft.yarn.stagingDir="+b.staging, "--conf", "weft.dynamicAllocation.enabled=true",
		"--conf", "weft.shuffle.service.enabled=true", program("refused")).succeeds()
	for _, line := range []string{
		"largest container, which has 2048 MB; lower Profile.Memory\n",
		"acme.com/gadget=1: the cluster does not know this resource: it counts acme.com/widget, memory-mb, " +
			"vcores, yarn.io/gpu; have its administrator add",
		"counted 3 <nil>\n",
	} {
		if !strings.Contains(said, line) {
			b.Errorf("no %q in\n%s", line, said)
		}
	}
}
