package conf

import (
	"strings"
	"testing"
)

func allocated(t *testing.T, pairs ...string) *Conf {
	t.Helper()
	c, err := Load(Sources{
		Conf:   append([]string{"weft.dynamicAllocation.enabled=true"}, pairs...),
		Getenv: func(string) string { return "" },
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAllocationThatCannotBeIsRefused(t *testing.T) {
	const key = "weft.dynamicAllocation."
	for _, c := range []struct {
		pairs string
		want  string
	}{
		{"", ""},
		{key + "minExecutors=2 " + key + "maxExecutors=2", ""},
		{key + "minExecutors=3 " + key + "maxExecutors=2", "lower the first or raise the second"},
		{key + "initialExecutors=3 " + key + "maxExecutors=2", "3 executors at the beginning"},
		{"weft.executor.instances=4 " + key + "maxExecutors=2", "4 executors at the beginning"},
		{key + "executorAllocationRatio=0", "no executor would ever come"},
		{key + "shuffleTracking.enabled=false", "set weft.shuffle.service.enabled=true"},
		{key + "shuffleTracking.enabled=false weft.shuffle.service.enabled=true", ""},
		{key + "enabled=false " + key + "shuffleTracking.enabled=false", ""},
	} {
		err := CheckAllocation(allocated(t, strings.Fields(c.pairs)...))
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.pairs, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: got %v, want %q", c.pairs, err, c.want)
		}
	}
}

func TestInitialExecutorsIsTheLargestOfThree(t *testing.T) {
	const key = "weft.dynamicAllocation."
	for pairs, want := range map[string]int{
		"":                          0, // the default of weft.executor.instances does not count
		"weft.executor.instances=3": 3,
		key + "minExecutors=2":      2,
		key + "initialExecutors=4":  4,
		key + "initialExecutors=1 " + key + "minExecutors=2 weft.executor.instances=5": 5,
	} {
		if got := InitialExecutors(allocated(t, strings.Fields(pairs)...)); got != want {
			t.Errorf("%q: %d, want %d", pairs, got, want)
		}
	}
}
