package conf

import (
	"strings"
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

func TestNamedResourcesHaveKeysOfTheirOwn(t *testing.T) {
	c, err := Load(Sources{Getenv: noEnv, Conf: []string{
		"weft.executor.cores=4",
		"weft.executor.resource.gpu.amount=2",
		"weft.task.resource.gpu.amount=0.5",
		"weft.executor.resource.acme.com/widget.amount=3",
		"weft.executor.resource.gpu.discoveryScript=/opt/gpus",
		"weft.executor.resource.gpu.vendor=nvidia.com",
		"weft.executor.resource.fpga.amount=1", "weft.executor.resource.fpga.amount=",
	}})
	if err != nil {
		t.Fatal(err)
	}
	shape, err := ResourceDefaults(c).Shape(resource.Profile{})
	const want = "1127 MB, 4 cores, acme.com/widget=3, gpu=2; tasks of 1 cpus, gpu=0.5"
	if err != nil || shape.String() != want {
		t.Errorf("%s, %v, want %s", shape, err, want)
	}
	if DiscoveryScript(c, "gpu") != "/opt/gpus" || DiscoveryScript(c, "fpga") != "" {
		t.Errorf("scripts %q and %q", DiscoveryScript(c, "gpu"), DiscoveryScript(c, "fpga"))
	}
}

func TestBadNamedResourcesAreRefused(t *testing.T) {
	for pair, want := range map[string]string{
		"weft.executor.resource.gpu.amount=0.5":    "want a whole number",
		"weft.executor.resource.gpu.amount=0":      "want 1 to",
		"weft.executor.resource.gpu.amount=-1":     "want 1 to",
		"weft.task.resource.gpu.amount=1.5":        "a whole number or at most 1",
		"weft.task.resource.gpu.amount=many":       "want a number",
		"weft.task.resource.gpu.discoveryScript=x": "resources have",
		"weft.executor.resource.gpu.size=1":        "resources have",
		"weft.executor.resource.g p u.amount=1":    "letters, digits",
		"spark.executor.resource.gpu.amount=1":     "use weft.executor.resource.gpu.amount",
	} {
		_, err := Load(Sources{Getenv: noEnv, Conf: []string{pair}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", pair, err, want)
		}
	}
}
