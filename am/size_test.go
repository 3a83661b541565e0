package am_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/am"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
)

// TestLargeStagesAreWarnedOfOrRefused covers S60: above 1000 KiB the log says what is large, and above
// what a message holds the job is refused.
func TestLargeStagesAreWarnedOfOrRefused(t *testing.T) {
	var log strings.Builder
	b := localOf(t, am.Options{
		Executors: 1, Slots: 1, Conf: settings(t),
		Log: hclog.New(&hclog.LoggerOptions{Output: &log, Level: hclog.Warn}),
	}, true)
	padded := func(stage dag.StageID, bytes int) am.Job {
		j := single(b.Driver, int(stage), 1, step{Do: "partition", Param: strings.Repeat("x", bytes)})
		j.Largest = func(dag.StageID) string { return "the padding" }
		return j
	}
	b.must(padded(0, 900<<10))
	if log.Len() > 0 {
		t.Errorf("a warning below the limit: %s", &log)
	}
	b.must(padded(1, 1001<<10))
	if s := log.String(); !strings.Contains(s, "carries much") || !strings.Contains(s, "the padding") {
		t.Errorf("the warning is %q", s)
	}
	err := b.run(padded(2, control.MaxTemplate+1))
	if !errors.Is(err, am.ErrTemplateTooLarge) || !strings.Contains(err.Error(), "the padding") {
		t.Errorf("above the limit: %v", err)
	}
}
