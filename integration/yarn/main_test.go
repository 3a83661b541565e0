package yarn

import (
	"os"
	"testing"

	"github.com/weft-data/weft/containers/containerstest"
	"github.com/weft-data/weft/integration/hadoop"
	"github.com/weft-data/weft/integration/testbed"
)

// programs are examples/pi and one for each behaviour of an executor.
var programs testbed.Programs

func TestMain(m *testing.M) {
	builds := []testbed.Build{{Packages: []string{"../../examples/pi"}}}
	for _, b := range []containerstest.Behaviour{
		containerstest.Wait, containerstest.Leave, containerstest.Crash,
	} {
		builds = append(builds, testbed.Build{Packages: []string{"./testdata/behave"},
			Name: string(b), Linked: "-X main.behaviour=" + string(b)})
	}
	os.Exit(programs.Main(func() int { return hadoop.Main(m) }, builds...))
}

// program is the path of a program that TestMain has built.
func program(name string) string { return programs.Path(name) }
