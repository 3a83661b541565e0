package cpu

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWorkTakesProcessorTime(t *testing.T) {
	before, err := Used(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for after := before; after == before; { // ends with the first tick
		if after, err = Used(os.Getpid()); err != nil {
			t.Fatal(err)
		}
	}
	if all := Tree(); all <= before {
		t.Errorf("%s with children, %s before", all, before)
	}
}

func TestNobodyUsesNothing(t *testing.T) {
	if d, err := Used(-1); err == nil {
		t.Errorf("%s", d)
	}
}

func TestProfileIsWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "profile")
	stop, err := Profile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Size() == 0 {
		t.Errorf("%v, %v", info, err)
	}
}
