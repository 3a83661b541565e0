package scheduler_test

import (
	"testing"

	"github.com/weft-data/weft/scheduler/schedtest"
)

// TestScripts plays the conversations in testdata.
func TestScripts(t *testing.T) { schedtest.Run(t, "testdata") }
