package fairxml

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft/internal/golden"
	"github.com/weft-data/weft/scheduler/pool"
)

// TestFiles parses testdata: of a good file the pools and warnings, of a bad one the message,
// are in the .txt file beside it.
func TestFiles(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			pools, warnings, err := Parse(strings.NewReader(string(text)))
			if good := strings.HasSuffix(path, ".good.xml"); good != (err == nil) {
				t.Fatalf("error %v", err)
			}
			golden.Check(t, strings.TrimSuffix(filepath.Base(path), ".xml")+".txt", show(pools, warnings, err))
		})
	}
}

func show(pools []pool.Spec, warnings []Warning, err error) string {
	var b strings.Builder
	for _, p := range pools {
		fmt.Fprintln(&b, p)
	}
	for _, w := range warnings {
		fmt.Fprintln(&b, "warning:", w)
	}
	if err != nil {
		fmt.Fprintln(&b, "error:", err)
	}
	return b.String()
}

func TestTemplateGivesThoseTwoPools(t *testing.T) {
	text, err := os.ReadFile("testdata/template.good.xml")
	if err != nil {
		t.Fatal(err)
	}
	pools, warnings, err := Parse(strings.NewReader(string(text)))
	want := []pool.Spec{
		{Name: "production", Mode: pool.Fair, Weight: 1, MinShare: 2},
		{Name: "test", Mode: pool.FIFO, Weight: 2, MinShare: 3},
	}
	if diff := cmp.Diff(want, pools); diff != "" || len(warnings) > 0 || err != nil {
		t.Errorf("warnings %v, error %v, pools (-want +got):\n%s", warnings, err, diff)
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"size", "<a>" + strings.Repeat(" ", MaxBytes), "the file has more than 1048576 bytes"},
		{"a name of 10 MB", `<pool name="` + strings.Repeat("x", 10<<20) + `"/>`,
			"the file has more than 1048576 bytes"},
		{"depth", strings.Repeat("<a>", MaxDepth+1), "line 1: <a>: elements nest more than 32 deep"},
		{"pools", "<a>" + manyPools(MaxPools+1) + "</a>",
			"line 10001: <pool>: the file names more than 10000 pools"},
	} {
		pools, _, err := Parse(strings.NewReader(c.text))
		if err == nil || err.Error() != c.want || pools != nil {
			t.Errorf("%s: %d pools, error %v, want %s", c.name, len(pools), err, c.want)
		}
	}
}

func TestAsManyPoolsAsAllowed(t *testing.T) {
	pools, warnings, err := Parse(strings.NewReader("<a>" + manyPools(MaxPools) + "</a>"))
	if len(pools) != MaxPools || len(warnings) > 0 || err != nil {
		t.Errorf("%d pools, %d warnings, error %v", len(pools), len(warnings), err)
	}
}

func manyPools(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<pool name=\"p%d\"/>\n", i)
	}
	return b.String()
}

func TestUnreadableFile(t *testing.T) {
	broken := errors.New("the disk is gone")
	if _, _, err := Parse(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

func ExampleParse() {
	pools, warnings, err := Parse(strings.NewReader(`<allocations>
		<pool name="prod"><weight>3</weight><minShare>many</minShare></pool>
	</allocations>`))
	fmt.Println(pools, err)
	fmt.Println(warnings)
	// Output:
	// [prod FIFO weight 3 min 0] <nil>
	// [line 2: <minShare> of pool "prod": "many" is no whole number from 0 to 2147483647; using 0]
}
