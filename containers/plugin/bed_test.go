package plugin_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/internal/identity"
)

// launchOne starts one executor.
func launchOne(t *testing.T, c containers.Cluster, events <-chan containers.Event) {
	t.Helper()
	if err := c.Want(t.Context(), []containers.Ask{{Count: 1}}); err != nil {
		t.Fatal(err)
	}
	given := (<-events).(containers.Allocated).Containers[0].ID
	id, err := identity.New()
	if err != nil {
		t.Fatal(err)
	}
	err = c.Launch(t.Context(), given, containers.Launch{Executor: 7, Slots: 1, Identity: id})
	if err != nil {
		t.Fatal(err)
	}
}

// parentOf is the process that started another one.
func parentOf(t *testing.T, pid int) int {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	parent, err := strconv.Atoi(strings.Fields(rest)[1])
	if err != nil {
		t.Fatal(err)
	}
	return parent
}
