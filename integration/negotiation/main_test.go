package negotiation

import (
	"os"
	"testing"

	"github.com/weft-data/weft/integration/testbed"
)

var programs testbed.Programs

func TestMain(m *testing.M) {
	os.Exit(programs.Main(m.Run, testbed.Build{Packages: []string{"../../cmd/weft",
		"../jobs/testdata/programs/gated", "./testdata/programs/kinds",
		"./testdata/programs/refused"}}))
}

func program(name string) string { return programs.Path(name) }
