package jobs

import (
	"os"
	"testing"

	"github.com/weft-data/weft/integration/hadoop"
	"github.com/weft-data/weft/integration/testbed"
)

// programs are weft, the examples and the programs of testdata.
var programs testbed.Programs

func TestMain(m *testing.M) {
	nomain := []string{"./testdata/programs/nomain"}
	os.Exit(programs.Main(func() int { return hadoop.Main(m) },
		testbed.Build{Packages: []string{"../../cmd/weft", "../../examples/...",
			"./testdata/programs/misbehave", "./testdata/programs/twice", "./testdata/programs/nocodec",
			"./testdata/programs/nomain", "./testdata/programs/gated", "./testdata/programs/tides",
			"./testdata/programs/later", "./testdata/programs/pools"}},
		testbed.Build{Packages: nomain, Name: "elsewhere", Env: []string{"GOARCH=arm64"}},
		testbed.Build{Packages: nomain, Name: "dynamic", Env: []string{"CGO_ENABLED=1"}}))
}

// program is the path of a program built for the tests.
func program(name string) string { return programs.Path(name) }
