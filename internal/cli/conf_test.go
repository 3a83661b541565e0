package cli

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestConfExplain(t *testing.T) {
	w := newWorld(t)
	w.hadoop("yarn.resourcemanager.address", "rm.example:8032")
	w.env["WEFT_EXECUTOR_MEMORY"] = "2g"
	file := w.file("weft.conf", "# site\nweft.executor.memory 3g\n", 0o644)
	got := strings.ReplaceAll(w.ok("conf", "explain", "weft.executor.memory", "--properties-file", file,
		"--conf", "weft.executor.memory=4g"), w.dir, "DIR")
	want := "weft.executor.memory = 4g\n  from --conf\n  hides 3g from DIR/weft.conf:2\n" +
		"  hides 2g from $WEFT_EXECUTOR_MEMORY\n  hides 1g from default\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	got = strings.ReplaceAll(w.ok("conf", "explain", "yarn.resourcemanager.address"), w.dir, "DIR")
	if !strings.HasPrefix(got, "yarn.resourcemanager.address = rm.example:8032\n"+
		"  from DIR/conf/core-site.xml:2\n  hides ") {
		t.Errorf("got %q", got)
	}
	if got := w.ok("conf", "explain", "no.such.key"); got != "no.such.key is not set\n" {
		t.Errorf("got %q", got)
	}
}

func TestConfList(t *testing.T) {
	w := newWorld(t)
	w.env["WEFT_EXECUTOR_CORES"] = "7"
	out := w.ok("conf", "list")
	if !strings.HasPrefix(out, "KEY ") || !strings.Contains(out, "$WEFT_EXECUTOR_CORES") {
		t.Errorf("got %s", out)
	}
	var rows []keyRow
	if err := json.Unmarshal([]byte(w.ok("conf", "list", "-o", "json")), &rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Key == "weft.executor.cores" && r.Value == "7" && r.Default == "1" {
			return
		}
	}
	t.Errorf("no weft.executor.cores in %+v", rows)
}

func TestBadSettings(t *testing.T) {
	w := newWorld(t)
	w.fails(exitUsage, `read settings: --conf "x": want key=value`, "conf", "list", "--conf", "x")
	w.fails(exitUsage, `read settings: --conf: weft.executor.cores: number "many": want a whole `+
		`number from 1 on`, "conf", "list", "--conf", "weft.executor.cores=many")
	file := w.file("weft.conf", "\nweft.nope 1\n", 0o644)
	w.fails(exitUsage, `read settings: DIR/weft.conf:2: unknown key weft.nope: docs/configuration.md `+
		`lists the keys`, "conf", "list", "--properties-file", file)
}

func TestBadHadoopConfiguration(t *testing.T) {
	w := newWorld(t)
	w.env["HADOOP_CONF_DIR"] = w.dir + "/missing"
	w.fails(exitUsage, "HADOOP_CONF_DIR: read Hadoop configuration: stat DIR/missing: no such file or "+
		"directory; set it to the directory that holds core-site.xml", "list")
	w.env["HADOOP_CONF_DIR"] = w.dir
	w.fails(exitUsage, "HADOOP_CONF_DIR: read Hadoop configuration: DIR has no core-site.xml, "+
		"hdfs-site.xml or yarn-site.xml; is it the right directory?", "fs", "ls", "/")
	w.file("core-site.xml", "<configuration>\n<property>\n", 0o644)
	r := w.run("list")
	if r.code != exitUsage || strings.Count(r.err, "\n") != 1 ||
		!strings.Contains(r.err, w.dir+"/core-site.xml:") {
		t.Errorf("malformed XML: exit %d, %q", r.code, r.err)
	}
}
