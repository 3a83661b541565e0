package cli

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const poolsOfTwo = `<allocations>
  <pool name="production"><schedulingMode>FAIR</schedulingMode><minShare>2</minShare></pool>
  <pool name="test"><weight>2</weight><maxShare>10</maxShare><minShare>many</minShare></pool>
</allocations>
`

// TestFairXMLCheck covers S81, S87 and S90 for people: the pools as a table, what was replaced as
// warnings beside it.
func TestFairXMLCheck(t *testing.T) {
	w := newWorld(t)
	file := w.file("pools.xml", poolsOfTwo, 0o644)
	r := w.run("fairxml", "check", file)
	want := "POOL        MODE  WEIGHT  MIN SHARE  MAX SHARE\n" +
		"production  FAIR       1          2          -\n" +
		"test        FIFO       2          0         10\n"
	if diff := cmp.Diff(want, r.out); diff != "" || r.code != exitOK {
		t.Errorf("exit code %d (-want +got):\n%s", r.code, diff)
	}
	warning := file + `: warning: line 3: <minShare> of pool "test": "many" is no whole number ` +
		"from 0 to 2147483647; using 0\n"
	if r.err != warning {
		t.Errorf("warnings %q, want %q", r.err, warning)
	}
	var rows []poolRow
	r = w.run("fairxml", "check", "file:"+file, "-o", "json")
	if err := json.Unmarshal([]byte(r.out), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[1] != (poolRow{"test", "FIFO", 2, 0, 10}) {
		t.Errorf("rows %+v", rows)
	}
}

func TestFairXMLCheckOfBadFiles(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct{ text, want string }{
		"open.xml": {"<allocations>\n<pool name='a'>\n</allocations>",
			"line 3: not well-formed XML: element <pool> closed by </allocations>"},
		"noname.xml": {"<allocations>\n  <pool/>\n</allocations>", "line 2: <pool>: a pool has no name"},
		"entity.xml": {"<!DOCTYPE a [<!ENTITY b 'c'>]>\n<allocations/>",
			"line 1: a DOCTYPE or other <!…> is not allowed"},
		"empty.xml": {"", "line 1: there is no element; want <allocations>"},
		"huge.xml":  {strings.Repeat(" ", 2<<20), "the file has more than 1048576 bytes"},
	} {
		file := w.file(name, c.text, 0o644)
		w.fails(exitUsage, "check the pools: DIR/"+name+": "+c.want, "fairxml", "check", file)
	}
	w.fails(exitUsage, "check the pools: open DIR/none.xml: no such file or directory",
		"fairxml", "check", filepath.Join(w.dir, "none.xml"))
}
