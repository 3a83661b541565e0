package cli

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weft-data/weft/internal/golden"
)

const oldSite = `<configuration>
  <property>
    <name>yarn.nodemanager.aux-services</name>
    <value>mapreduce_shuffle</value>
  </property>
</configuration>
`

// TestServiceInstallPrints: to paste, with what is missing on this host beside it; nothing is written.
func TestServiceInstallPrints(t *testing.T) {
	w := newWorld(t)
	r := w.run("service", "install", "--dir", "/none/weft", "--recovery-dir", "/var/lib/nm")
	golden.Check(t, "service.txt", r.out)
	want := "weft: warning: on this host: stat /none/weft: no such file or directory\n"
	if r.code != exitOK || r.err != want {
		t.Errorf("exit code %d, stderr %q, want %q", r.code, r.err, want)
	}
}

// TestServiceInstallWritesNothingThatWouldNotRun: the program is missing, and the file is as it was.
func TestServiceInstallWritesNothingThatWouldNotRun(t *testing.T) {
	w := newWorld(t)
	site := w.file("yarn-site.xml", oldSite, 0o644)
	w.fails(exitUsage, "DIR/yarn-site.xml not changed: stat DIR/none: no such file or directory",
		"service", "install", "--dir", filepath.Join(w.dir, "none"), "--apply", site)
	w.unchanged(site)
}

// TestServiceInstallApplies: the changes are said, and a second time there are none.
func TestServiceInstallApplies(t *testing.T) {
	w := newWorld(t)
	site := w.file("yarn-site.xml", oldSite, 0o644)
	install := []string{"service", "install", "--dir", w.serviceFiles(), "--apply", site}
	said := strings.ReplaceAll(w.ok(install...), w.dir, "DIR")
	const services = "yarn.nodemanager.aux-services"
	want := services + ": mapreduce_shuffle -> mapreduce_shuffle,weft_shuffle\n" +
		services + ".weft_shuffle.class: io.github.weftdata.shuffle.WeftShuffleService\n" +
		services + ".weft_shuffle.classpath: DIR/service/weft-shuffle-service.jar\n" +
		"weft.shuffle.service.metrics.port: 7449\n" +
		"the old file is DIR/yarn-site.xml.before-weft-"
	if !strings.HasPrefix(said, want) {
		t.Errorf("said %q, want %q", said, want)
	}
	if said := w.ok(install...); said != site+" has it all already\n" {
		t.Errorf("the second time it said %q", said)
	}
}

// serviceFiles is a folder with what passes for the service's jar and program.
func (w *world) serviceFiles() string {
	w.t.Helper()
	if err := os.Chmod(filepath.Dir(w.dir), 0o755); err != nil { // the test's; the NodeManager enters it
		w.t.Fatal(err)
	}
	var jar bytes.Buffer
	z := zip.NewWriter(&jar)
	if _, err := z.Create("io/github/weftdata/shuffle/WeftShuffleService.class"); err != nil {
		w.t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.file("service/weft-shuffle-service.jar", jar.String(), 0o644)
	return filepath.Dir(w.program("service/weft-shuffled"))
}

func TestServiceInstallBadInput(t *testing.T) {
	w := newWorld(t)
	site := w.file("yarn-site.xml", oldSite, 0o644)
	other := w.file("other.xml", "<allocations/>", 0o644)
	for _, c := range []struct{ args, want string }{
		{"--dir weft", `shuffle service: directory "weft": want an absolute path of letters, digits ` +
			`and . _ + -`},
		{"--name 2 --apply " + site, `DIR/yarn-site.xml: shuffle service: name "2": want letters, ` +
			`digits and _, and no digit first`},
		{"--apply " + other, "DIR/other.xml: not changed: its outermost element is not <configuration>"},
		{"--apply " + w.dir + "/none.xml", "open DIR/none.xml: no such file or directory"},
		{"now", `install: unexpected argument "now"; usage: weft service install [--apply FILE] [flags]`},
	} {
		w.fails(exitUsage, c.want, append([]string{"service", "install"}, strings.Fields(c.args)...)...)
	}
	w.unchanged(site)
}

// unchanged fails the test unless the file holds oldSite and nothing lies beside it.
func (w *world) unchanged(site string) {
	w.t.Helper()
	text, err := os.ReadFile(site)
	beside, _ := filepath.Glob(site + ".*")
	if err != nil || string(text) != oldSite || len(beside) > 0 {
		w.t.Errorf("%s: %q, %v; beside it %q", site, text, err, beside)
	}
}
