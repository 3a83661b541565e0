package cli

import (
	"context"
	"strings"
	"testing"

	"github.com/weft-data/weft/internal/golden"
)

func TestHelp(t *testing.T) {
	w := newWorld(t)
	var b strings.Builder
	for _, args := range []string{"--help", "submit --help", "list --help", "status --help",
		"kill --help", "logs --help", "fs --help", "fs put --help", "conf --help",
		"conf explain --help", "fairxml check --help", "replay --help",
		"service install --help"} {
		b.WriteString("$ weft " + args + "\n" + w.ok(strings.Fields(args)...) + "\n")
	}
	golden.Check(t, "help.txt", b.String())
}

func TestVersion(t *testing.T) {
	if got := newWorld(t).ok("version"); !strings.HasPrefix(got, "weft v1.2.3 (go1.") {
		t.Errorf("got %q", got)
	}
}

func TestCompletion(t *testing.T) {
	w := newWorld(t)
	if got := w.ok("completion", "bash"); !strings.Contains(got, "__start_weft") {
		t.Errorf("no bash script: %.80q", got)
	}
	for args, want := range map[string]string{
		"__complete submit --deploy-mode ":       "client\ncluster\n:4\n",
		"__complete conf explain weft.yarn.que":  "weft.yarn.queue\n:4\n",
		"__complete submit --conf weft.yarn.que": "weft.yarn.queue=\n:2\n",
		"__complete status ":                     ":4\n", // no cluster, no complaint
	} {
		r := w.run(strings.Split(args, " ")...)
		if r.out != want {
			t.Errorf("%s offers %q, want %q", args, r.out, want)
		}
	}
}

func TestBadUsage(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ args, want string }{
		{"nope", `unknown command "nope"; weft --help lists the commands`},
		{"statu", `unknown command "statu": did you mean weft status?`},
		{"fs lss", `unknown command "lss": did you mean weft fs ls?`},
		{"--nope", `unknown flag: --nope; see weft --help`},
		{"submit", `submit: an argument is missing; usage: weft submit [flags] PROGRAM [ARGS...]`},
		{"submit --nope x", `unknown flag: --nope; see weft submit --help`},
		{"status", `status: an argument is missing; usage: weft status APP`},
		{"version 2", `version: unexpected argument "2"; usage: weft version`},
		{"fs put x", `put: an argument is missing; usage: weft fs put [-f] LOCAL... PATH`},
		{"list -o xml", `invalid argument "xml" for "-o, --output" flag: want table or json; ` +
			`see weft list --help`},
		{"list --state GONE", `--state "GONE": want one of NEW, NEW_SAVING, SUBMITTED, ACCEPTED, ` +
			`RUNNING, FINISHED, FAILED, KILLED`},
		{"status 12", `id "12": want application_ and 2 numbers joined by _, as in ` +
			`application_1700000000000_0001; weft list has the ids`},
		{"logs application_1_1 -c 7", `container id "7": id "7": want container_ and 4 numbers ` +
			`joined by _`},
		{"conf explain weft.nope", `unknown key weft.nope: docs/configuration.md lists the keys`},
		{"conf explain spark.executor.memory", `unknown key spark.executor.memory: it is Spark's; ` +
			`use weft.executor.memory`},
		{"list", `HADOOP_CONF_DIR is not set: set it to the directory that holds core-site.xml ` +
			`and yarn-site.xml`},
	} {
		w.fails(exitUsage, c.want, strings.Fields(c.args)...)
	}
}

func TestGroupsAloneShowTheirHelp(t *testing.T) {
	w := newWorld(t)
	for _, args := range []string{"", "fs", "conf"} {
		if out := w.ok(strings.Fields(args)...); !strings.Contains(out, "Available Commands:") {
			t.Errorf("weft %s printed %q", args, out)
		}
	}
}

func TestInterruptedIs130(t *testing.T) {
	w := newWorld(t)
	w.hadoop("yarn.resourcemanager.address", "127.0.0.1:1")
	for cause, want := range map[error]int{errInterrupted: 130, errTerminated: 143} {
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(cause)
		var out, errs buffer
		if code := w.start(ctx, &out, &errs, "list"); code != want {
			t.Errorf("%v: exit %d, stderr %q", cause, code, errs.String())
		}
		if errs.String() != "weft: "+cause.Error()+"\n" {
			t.Errorf("stderr %q", errs.String())
		}
	}
}
