package single

import (
	"os"
	"path/filepath"
	"testing"
)

func TestDirectoriesOfDeadApplicationsAreSwept(t *testing.T) {
	parent := t.TempDir()
	dead, err := makeDir(parent, "weft-x-")
	if err != nil {
		t.Fatal(err)
	}
	alive, err := makeDir(parent, "weft-x-")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dead.path); err != nil {
		t.Fatal("a living application's directory was swept")
	}
	if err := dead.lock.Close(); err != nil { // as the end of its process does
		t.Fatal(err)
	}
	young := filepath.Join(parent, "weft-x-young") // not locked yet: being made
	foreign := filepath.Join(parent, "weft-y-1")
	for _, dir := range []string{young, foreign} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	third, err := makeDir(parent, "weft-x-")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dead.path); !os.IsNotExist(err) {
		t.Errorf("the dead one's directory: %v", err)
	}
	for _, dir := range []string{alive.path, third.path, young, foreign} {
		if _, err := os.Stat(dir); err != nil {
			t.Error(err)
		}
	}
	for _, d := range []localDir{alive, third} {
		if err := d.remove(); err != nil {
			t.Error(err)
		}
	}
}
