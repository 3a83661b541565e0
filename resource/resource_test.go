package resource_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/weft-data/weft/resource"
	"pgregory.net/rapid"
)

func gpu(n int64) resource.Amount { return resource.Amount{Name: "gpu", Count: n} }

// share is a task's part of a resource.
func share(t testing.TB, name string, amount float64) resource.Share {
	t.Helper()
	parts, err := resource.PartsOf(amount)
	if err != nil {
		t.Fatal(err)
	}
	return resource.Share{Name: name, Parts: parts}
}

// defaults are those of an application with weft's settings.
var defaults = resource.Defaults{
	Cores: 1, Memory: 1024, Overhead: resource.OverheadByFactor, OverheadFactor: 0.1, LeastOverhead: 64,
	Task: resource.Task{CPUs: 1},
}

func TestSlots(t *testing.T) {
	for _, test := range []struct {
		name     string
		cores    int
		extra    []resource.Amount
		cpus     int
		shares   []resource.Share
		want     int
		limiting string
	}{
		{"cores limit", 4, nil, 1, nil, 4, "cores"},
		{"two cpus a task", 5, nil, 2, nil, 2, "cores"},
		{"gpus limit", 4, []resource.Amount{gpu(2)}, 1, []resource.Share{share(t, "gpu", 1)}, 2, "gpu"},
		{"half a gpu a task", 8, []resource.Amount{gpu(2)}, 1,
			[]resource.Share{share(t, "gpu", 0.5)}, 4, "gpu"},
		{"0.4 of a gpu: two tasks on each", 8, []resource.Amount{gpu(2)}, 1,
			[]resource.Share{share(t, "gpu", 0.4)}, 4, "gpu"},
		{"a ninth nine times", 16, []resource.Amount{gpu(1)}, 1,
			[]resource.Share{share(t, "gpu", 1.0/9)}, 9, "gpu"},
		{"two gpus a task", 8, []resource.Amount{gpu(5)}, 1,
			[]resource.Share{share(t, "gpu", 2)}, 2, "gpu"},
		{"gpus nobody asks for", 4, []resource.Amount{gpu(2)}, 1, nil, 4, "cores"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := resource.Profile{
				Executor: resource.Executor{Cores: test.cores, Extra: test.extra},
				Task:     resource.MakeTask(test.cpus, test.shares...),
			}
			s, err := defaults.Shape(p)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Slots(); got != test.want || s.Limiting() != test.limiting {
				t.Errorf("%s: %d slots, limited by %s; want %d by %s", s, got, s.Limiting(), test.want,
					test.limiting)
			}
		})
	}
}

// TestNothingIsLostToFractions: as many k-th parts as k make at most a whole, and no more fit.
func TestNothingIsLostToFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.Int64Range(1, 10_000).Draw(t, "k")
		parts, err := resource.PartsOf(1 / float64(k))
		if err != nil {
			t.Fatal(err)
		}
		s := resource.Share{Name: "gpu", Parts: parts}
		if s.PerUnit() != k {
			t.Fatalf("1/%d: %d tasks share a device", k, s.PerUnit())
		}
		if sum := resource.Parts(k) * s.Cost(); sum > resource.Whole || sum+s.Cost() <= resource.Whole {
			t.Fatalf("%d times %s is %s", k, s.Cost(), sum)
		}
	})
}

func TestPartsOf(t *testing.T) {
	for amount, want := range map[float64]string{
		1: "1", 0.25: "0.25", 3: "3", 1_000_000: "1000000", 0.000001: "0.000001",
		0: "", -1: "", 1.5: "", 1e7: "", 1e-9: "",
	} {
		p, err := resource.PartsOf(amount)
		switch {
		case want == "" && err == nil:
			t.Errorf("%v is %s", amount, p)
		case want != "" && (err != nil || p.String() != want):
			t.Errorf("%v is %s (%v), want %s", amount, p, err, want)
		}
	}
}

// TestIdentity shows that a profile is its content: order and zero amounts do not matter.
func TestIdentity(t *testing.T) {
	fpga := resource.Amount{Name: "fpga", Count: 1}
	profile := func(extra ...resource.Amount) resource.Profile {
		return resource.Profile{Executor: resource.Executor{
			Cores: 2, Extra: resource.Make(0, 0, extra...).Extra,
		}}
	}
	table, err := resource.NewTable(defaults)
	if err != nil {
		t.Fatal(err)
	}
	if id, added, _ := table.Add(resource.Profile{}); id != resource.Default || added {
		t.Errorf("the default has id %d, added %v", id, added)
	}
	x, first, err := table.Add(profile(gpu(1), fpga))
	if err != nil {
		t.Fatal(err)
	}
	y, second, _ := table.Add(profile(fpga, gpu(1), resource.Amount{Name: "x"}))
	if x != 1 || y != 1 || !first || second {
		t.Errorf("equal profiles have ids %d and %d, want 1", x, y)
	}
	if _, ok := table.Get(2); ok || table.Len() != 2 {
		t.Error("a profile that was never added is known")
	}
	if p, ok := table.Get(1); !ok || p.Key() != profile(fpga, gpu(1)).Key() {
		t.Errorf("profile 1 is %q", p.Key())
	}
}

func TestShapeFillsInTheDefaults(t *testing.T) {
	rich := defaults
	rich.Cores, rich.Extra = 4, []resource.Amount{gpu(2)}
	rich.Task = resource.MakeTask(1, share(t, "gpu", 0.5))
	fixed := rich
	fixed.Overhead = 10
	for _, test := range []struct {
		name     string
		defaults resource.Defaults
		p        resource.Profile
		want     string
	}{
		{"the default profile", rich, resource.Profile{},
			"1127 MB, 4 cores, gpu=2; tasks of 1 cpus, gpu=0.5"},
		{"least overhead", rich, resource.Profile{Executor: resource.Executor{Memory: 100}},
			"164 MB, 4 cores; tasks of 1 cpus"},
		{"the overhead that is set counts for all", fixed,
			resource.Profile{Executor: resource.Executor{Memory: 4096}},
			"4106 MB, 4 cores; tasks of 1 cpus"},
		{"all of a container's memory", rich, resource.Profile{Executor: resource.Executor{
			Cores: 2, Memory: 100, Overhead: 20, OffHeap: 3,
		}}, "123 MB, 2 cores; tasks of 1 cpus"},
		{"tasks only: the default's executors", rich,
			resource.Profile{Task: resource.MakeTask(2)}, "1127 MB, 4 cores, gpu=2; tasks of 2 cpus"},
		{"tasks only: any share up to one", rich,
			resource.Profile{Task: resource.MakeTask(0, share(t, "gpu", 0.7))},
			"1127 MB, 4 cores, gpu=2; tasks of 1 cpus, gpu=0.7"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := test.defaults.Shape(test.p)
			if err != nil {
				t.Fatal(err)
			}
			if s.String() != test.want {
				t.Errorf("%s, want %s", s, test.want)
			}
		})
	}
}

func TestBadProfilesSayWhatToDo(t *testing.T) {
	executor := func(e resource.Executor, shares ...resource.Share) resource.Profile {
		return resource.Profile{Executor: e, Task: resource.MakeTask(0, shares...)}
	}
	gpus := resource.Executor{Extra: []resource.Amount{gpu(1)}}
	for _, test := range []struct {
		name string
		p    resource.Profile
		want string // in the error
	}{
		{"a task resource that executors lack", executor(resource.Executor{Cores: 1}, share(t, "gpu", 1)),
			"executors have none; ask for gpu of executors too"},
		{"the same with the default executors", executor(resource.Executor{}, share(t, "gpu", 1)),
			"executors have none"},
		{"more than the executor has", executor(gpus, share(t, "gpu", 2)), "more than the 1"},
		{"more cpus than cores", resource.Profile{Task: resource.Task{CPUs: 2}}, "weft.executor.cores"},
		{"a share that leaves a rest", executor(gpus, share(t, "gpu", 0.6)), "at most 0.5"},
		{"no share at all", executor(gpus, resource.Share{Name: "gpu"}), "at most 1"},
		{"one and a half", executor(gpus, resource.Share{Name: "gpu", Parts: resource.Whole * 3 / 2}),
			"a whole number"},
		{"negative", executor(resource.Executor{Memory: -1}), "negative"},
		{"none of it", executor(resource.Executor{Extra: []resource.Amount{gpu(0)}}), "want 1 to"},
		{"too many", executor(resource.Executor{Extra: []resource.Amount{gpu(1 << 40)}}), "want 1 to"},
		{"no name", executor(resource.Executor{Extra: []resource.Amount{{Count: 1}}}), "want 1 to 64"},
		{"a name with a line end", executor(gpus, resource.Share{Name: "a\nb", Parts: resource.Whole}),
			"letters, digits"},
		{"cpus by name", executor(gpus, resource.Share{Name: "cpus", Parts: resource.Whole}),
			"its own request"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := defaults.Shape(test.p)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: %v, want an error with %q", s, err, test.want)
			}
		})
	}
}

func TestWarningsTellWhatIsWasted(t *testing.T) {
	for _, test := range []struct {
		name  string
		cores int
		gpus  int64
		each  float64 // 0: none
		want  string  // "" for no warning
	}{
		{"all is used", 2, 2, 1, ""},
		{"all is shared", 4, 2, 0.5, ""},
		{"no task takes any", 2, 1, 0, "no task takes any: ask for gpu of tasks too"},
		{"cores are left", 4, 2, 1, "4 cores, and their tasks use 2: gpu allows 2"},
		{"devices are left", 1, 2, 1, "2 gpu, and their tasks use 1: cores allows 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := resource.Profile{Executor: resource.Executor{
				Cores: test.cores, Extra: []resource.Amount{gpu(test.gpus)},
			}}
			if test.each > 0 {
				p.Task = resource.MakeTask(1, share(t, "gpu", test.each))
			}
			s, err := defaults.Shape(p)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(s.Warnings(), "\n")
			if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestMergeTakesTheLarger(t *testing.T) {
	p := resource.Profile{
		Executor: resource.Executor{Cores: 4, Memory: 100, Extra: []resource.Amount{gpu(1)}},
		Task:     resource.MakeTask(1, share(t, "gpu", 0.5)),
	}
	q := resource.Profile{
		Executor: resource.Executor{
			Cores: 2, Memory: 200, OffHeap: 5, Extra: []resource.Amount{{Name: "fpga", Count: 3}, gpu(2)},
		},
		Task: resource.MakeTask(2, share(t, "fpga", 1), share(t, "gpu", 0.25)),
	}
	const want = "executor memory=200m off-heap=5m cores=4 fpga=3 gpu=2 task cpus=2 fpga=1 gpu=0.5"
	for _, merged := range []resource.Profile{resource.Merge(p, q), resource.Merge(q, p)} {
		if merged.Key() != want {
			t.Errorf("%s, want %s", merged.Key(), want)
		}
	}
	if same := resource.Merge(p, p); same.Key() != p.Key() {
		t.Errorf("merged with itself: %s", same.Key())
	}
}

func ExampleVector_String() {
	fmt.Println(resource.Make(2048, 2, resource.Amount{Name: "gpu", Count: 1}))
	// Output: 2048 MB, 2 cores, gpu=1
}
