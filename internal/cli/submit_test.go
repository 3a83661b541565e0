package cli

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft/internal/console"
	"github.com/weft-data/weft/internal/handoff"
)

func TestSubmitHereBecomesTheProgram(t *testing.T) {
	w := newWorld(t)
	program := w.program("wordcount")
	file := w.file("my.conf", "weft.driver.memory 2g\n", 0o644)
	w.run("submit", "--master", "local[2]", "--executor-memory", "3g", "--name", "words",
		"--conf", "weft.executor.memory=1g", "--conf", "weft.local.dir=/a=b", "--properties-file", file,
		"--timing", "--progress", "plain", program, "in", "--master", "yarn", "-h", "--", "a b")
	if w.exec == nil {
		t.Fatal("nothing was executed")
	}
	want := []string{program, "in", "--master", "yarn", "-h", "--", "a b"}
	if diff := cmp.Diff(want, w.exec.argv); diff != "" || w.exec.path != program {
		t.Error(w.exec.path, diff)
	}
	spec := w.spec()
	if spec.Started == 0 {
		t.Error("no start time")
	}
	spec.Started = 0
	if diff := cmp.Diff(handoff.Spec{
		Conf: map[string]string{"weft.master": "local[2]", "weft.executor.memory": "3g",
			"weft.app.name": "words", "weft.local.dir": "/a=b"},
		PropertiesFile: file, Timing: true, Progress: console.Plain,
	}, spec); diff != "" {
		t.Error(diff)
	}
}

// spec is what the executed program finds in its environment.
func (w *world) spec() handoff.Spec {
	w.t.Helper()
	var found []string
	for _, v := range w.exec.environ {
		if text, ok := strings.CutPrefix(v, handoff.Env+"="); ok {
			found = append(found, text)
		}
	}
	if len(found) != 1 || !slices.Contains(w.exec.environ, "PATH=/bin") {
		w.t.Fatalf("environment %q", w.exec.environ)
	}
	spec, err := handoff.Decode(found[0])
	if err != nil {
		w.t.Fatal(err)
	}
	return spec
}

func TestSubmitTakesTheMasterFromTheSettings(t *testing.T) {
	w := newWorld(t)
	w.env["WEFT_MASTER"] = "process[3]"
	w.run("submit", w.program("p"))
	if w.exec == nil || len(w.spec().Conf) != 0 {
		t.Errorf("executed %+v", w.exec)
	}
}

func TestSubmitRefusesWhatCannotRunHere(t *testing.T) {
	w := newWorld(t)
	text := w.file("notes.txt", "no program", 0o644)
	noMain := w.program("plain")
	data, err := os.ReadFile(noMain)
	if err != nil {
		t.Fatal(err)
	}
	w.file("plain", string(data[:64]), 0o755)
	good := w.program("good")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{w.dir + "/gone"}, "program DIR/gone does not exist; build it with go build, and give " +
			"its path"},
		{[]string{w.dir}, "program DIR is a directory; give the file that go build made"},
		{[]string{text}, "program DIR/notes.txt is not executable; build it with go build, or chmod +x it"},
		{[]string{noMain}, "program DIR/plain: does not call weft.Main: its main function must hand " +
			"over to it, func main() { weft.Main(run) }"},
		{[]string{"--master", "spark://h", good},
			`master "spark://h": want local[N], process[N], yarn or plugin:NAME`},
		{[]string{"--master", "local[0]", good},
			`master "local[0]": want a number from 1 to 4096, or *, in the brackets`},
		{[]string{"--deploy-mode", "cluster", good},
			"deploy mode cluster needs a cluster and the master is local[" + cpus() + "]; add --master yarn"},
		{[]string{"--deploy-mode", "here", good}, `read settings: command line: ` +
			`weft.submit.deployMode: "here": want client or cluster`},
		{[]string{"--detach", good}, "--detach needs a driver on the cluster; add --master yarn " +
			"--deploy-mode cluster"},
		{[]string{"--progress", "loud", good}, `--progress: progress "loud": want auto, plain or off`},
		{[]string{"--executor-memory", "big", good}, `read settings: command line: ` +
			`weft.executor.memory: size "big": want a number with b, k, m, g, t or p, such as 512m`},
		{[]string{"--num-executors", "0", good}, `read settings: command line: ` +
			`weft.executor.instances: number "0": want a whole number from 1 on`},
		{[]string{"--conf", "weft.dynamicAllocation.enabled=true", "--conf",
			"weft.dynamicAllocation.minExecutors=3", "--conf", "weft.dynamicAllocation.maxExecutors=2", good},
			"weft.dynamicAllocation.minExecutors=3 is more than weft.dynamicAllocation.maxExecutors=2; " +
				"lower the first or raise the second"},
		{[]string{"--conf", "weft.dynamicAllocation.enabled=true", "--conf",
			"weft.dynamicAllocation.shuffleTracking.enabled=false", good},
			"dynamic allocation would lose map outputs with the executors that it gives back, and compute " +
				"them again; set weft.shuffle.service.enabled=true where the NodeManagers run the shuffle " +
				"service, or weft.dynamicAllocation.shuffleTracking.enabled=true to keep executors that " +
				"have map outputs"},
		{[]string{"--conf", "weft.excludeOnFailure.enabled=true", "--conf", "weft.task.maxFailures=2", good},
			"weft.excludeOnFailure.task.maxTaskAttemptsPerNode=2 is not below weft.task.maxFailures=2: one " +
				"bad host would end the job before it is excluded; lower the first or raise the second"},
		{[]string{"--conf", "weft.scheduler.mode=LIFO", good}, `read settings: --conf: ` +
			`weft.scheduler.mode: "LIFO": want FIFO or FAIR`},
		{[]string{"--properties-file", w.dir + "/none", good}, `read settings: read properties file: ` +
			`open DIR/none: no such file or directory`},
		{[]string{"--master", "yarn", good}, "HADOOP_CONF_DIR is not set: set it to the directory that " +
			"holds core-site.xml and yarn-site.xml"},
	} {
		w.fails(exitUsage, c.want, append([]string{"submit"}, c.args...)...)
	}
	if w.exec != nil {
		t.Errorf("executed %+v", w.exec)
	}
}

// cpus is what * means here.
func cpus() string {
	m, err := handoff.ParseMaster("local[*]")
	if err != nil {
		panic(err)
	}
	return strings.TrimSuffix(strings.TrimPrefix(m.String(), "local["), "]")
}

func TestAProgramTheKernelRefuses(t *testing.T) {
	w := newWorld(t)
	w.fails(exitUsage, "start DIR/p: exec format error; check that it can be run by hand", "submit",
		w.program("p"))
}

func TestOnlyTheClusterNeedsAStaticProgram(t *testing.T) {
	w := newWorld(t)
	w.hadoop("fs.defaultFS", "hdfs://nn:8020")
	script := w.file("script", "#!/bin/sh\n"+strings.Repeat("# nothing\n", 9), 0o755)
	w.run("submit", script)
	if w.exec == nil || w.exec.path != script {
		t.Errorf("executed %+v", w.exec)
	}
	w.fails(exitUsage, "program DIR/script: not a program for Linux: build it with CGO_ENABLED=0 "+
		"GOOS=linux GOARCH=amd64 go build (bad magic number or a damaged header)",
		"submit", "--master", "yarn", script)
}
