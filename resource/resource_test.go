package resource_test

import (
	"fmt"
	"testing"

	"github.com/weft-data/weft/resource"
)

func gpu(n int64) resource.Amount { return resource.Amount{Name: "gpu", Count: n} }

func TestSlots(t *testing.T) {
	for _, test := range []struct {
		name           string
		executor, task resource.Vector
		want           int
	}{
		{"cores limit", resource.Make(1024, 4), resource.Make(0, 1), 4},
		{"two cores a task", resource.Make(1024, 5), resource.Make(0, 2), 2},
		{"gpus limit", resource.Make(1024, 4, gpu(2)), resource.Make(0, 1, gpu(1)), 2},
		{"gpus nobody asks for", resource.Make(1024, 4, gpu(2)), resource.Make(0, 1), 4},
		{"at least one", resource.Make(1024, 0), resource.Make(0, 0), 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := resource.Profile{Executor: test.executor, Task: test.task}
			if got := p.Slots(); got != test.want {
				t.Errorf("%s: %d slots, want %d", p.Key(), got, test.want)
			}
		})
	}
}

// TestIdentity shows that a profile is its content: order and zero amounts do not matter.
func TestIdentity(t *testing.T) {
	fpga := resource.Amount{Name: "fpga", Count: 1}
	def := resource.Profile{Executor: resource.Make(1024, 1), Task: resource.Make(0, 1)}
	a := resource.Profile{Executor: resource.Make(2048, 2, gpu(1), fpga), Task: resource.Make(0, 1)}
	b := resource.Profile{
		Executor: resource.Make(2048, 2, fpga, gpu(1), resource.Amount{Name: "x"}),
		Task:     resource.Make(0, 1),
	}
	table := resource.NewTable(def)
	if id := table.Add(def); id != resource.Default {
		t.Errorf("the default has id %d", id)
	}
	if x, y := table.Add(a), table.Add(b); x != 1 || y != 1 {
		t.Errorf("equal profiles have ids %d and %d, want 1", x, y)
	}
	if _, ok := table.Get(2); ok {
		t.Error("a profile that was never added is known")
	}
	if p, ok := table.Get(1); !ok || p.Key() != a.Key() {
		t.Errorf("profile 1 is %q", p.Key())
	}
}

func TestValidate(t *testing.T) {
	for _, test := range []struct {
		name string
		p    resource.Profile
		ok   bool
	}{
		{"fits", resource.Profile{Executor: resource.Make(1, 2), Task: resource.Make(0, 2)}, true},
		{"task too big", resource.Profile{Executor: resource.Make(1, 1), Task: resource.Make(0, 2)},
			false},
		{"no gpu", resource.Profile{Executor: resource.Make(1, 1), Task: resource.Make(0, 1, gpu(1))},
			false},
		{"negative", resource.Profile{Executor: resource.Make(-1, 1)}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := test.p.Validate(); (err == nil) != test.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

func ExampleVector_String() {
	fmt.Println(resource.Make(2048, 2, resource.Amount{Name: "gpu", Count: 1}))
	// Output: 2048 MB, 2 cores, gpu=1
}
