package conf

import (
	"testing"

	"github.com/weft-data/weft/resource"
)

func TestResourceDefaultsFollowTheSettings(t *testing.T) {
	for _, test := range []struct {
		pairs []string
		want  string
	}{
		{nil, "1127 MB, 1 cores; tasks of 1 cpus"},
		{[]string{"weft.executor.cores=6", "weft.task.cpus=2", "weft.executor.memory=10g"},
			"11264 MB, 6 cores; tasks of 2 cpus"},
		{[]string{"weft.executor.memoryOverhead=0", "weft.executor.memory=1025k"},
			"2 MB, 1 cores; tasks of 1 cpus"},
		{[]string{"weft.executor.memory=100m", "weft.executor.minMemoryOverhead=7m",
			"weft.executor.memoryOverheadFactor=0.01"}, "107 MB, 1 cores; tasks of 1 cpus"},
	} {
		c, err := Load(Sources{Getenv: noEnv, Conf: test.pairs})
		if err != nil {
			t.Fatal(err)
		}
		shape, err := ResourceDefaults(c).Shape(resource.Profile{})
		if err != nil || shape.String() != test.want {
			t.Errorf("%v: %s, %v, want %s", test.pairs, shape, err, test.want)
		}
	}
}
