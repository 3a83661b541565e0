package cli

import (
	"testing"

	"github.com/weft-data/weft/internal/newjob"
)

func TestCompleteNeedsAVersionThatCanBeFetched(t *testing.T) {
	for version, ok := range map[string]bool{
		"v1.2.3": true, "v0.1.0-rc.1": true, "": false, "unknown": false, "8e7c3f0": false,
		"v1.2.3-4-g8e7c3f0": false, "v1.2.3-dirty\nreplace": false,
	} {
		j, err := complete(newjob.Job{}, "/home/alice/myjob", version)
		if (err == nil) != ok {
			t.Errorf("%q: %v", version, err)
		}
		if err == nil && (j.Module != "myjob" || j.Weft != version) {
			t.Errorf("%q: %+v", version, j)
		}
	}
}
