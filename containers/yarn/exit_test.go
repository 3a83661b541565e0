package yarn

import (
	"strings"
	"testing"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/rmclient"
)

func TestExitsSayWhoIsToBlame(t *testing.T) {
	for _, c := range []struct {
		exit     rmclient.ExitStatus
		says     string
		released bool
		want     containers.Reason
		blame    bool
	}{
		{0, "", false, containers.ReasonExited, false},
		{1, "", false, containers.ReasonExited, true},
		{2, "goroutine 1 [running]", false, containers.ReasonExited, true},
		{126, "", false, containers.ReasonStartFailed, false},
		{127, "", false, containers.ReasonStartFailed, false},
		{137, "", false, containers.ReasonKilled, true},
		{143, "", false, containers.ReasonKilled, false},
		{154, "", false, containers.ReasonKilled, false},
		{rmclient.NotExited, "File does not exist", false, containers.ReasonStartFailed, false},
		{rmclient.Aborted, "Container released on a *lost* node", false, containers.ReasonNodeLost, false},
		{rmclient.Aborted, "Container released by application", true, containers.ReasonReleased, false},
		{rmclient.KilledByMaster, "", true, containers.ReasonReleased, false},
		{1, "", true, containers.ReasonReleased, false},
		{rmclient.DisksFailed, "", false, containers.ReasonDisks, false},
		{rmclient.Preempted, "", false, containers.ReasonPreempted, false},
		{rmclient.KilledByScheduler, "", false, containers.ReasonPreempted, false},
		{rmclient.VirtualMemoryExceeded, "", false, containers.ReasonMemory, true},
		{rmclient.MemoryExceeded, "", false, containers.ReasonMemory, true},
		{rmclient.KilledByRM, "", false, containers.ReasonKilled, false},
		{rmclient.AfterApplicationEnd, "", false, containers.ReasonKilled, false},
		{-110, "a newer YARN's", false, containers.ReasonKilled, false},
		{rmclient.Aborted, "Container released by application", false, containers.ReasonKilled, false},
		{rmclient.ExcessLogs, "", false, containers.ReasonKilled, true},
	} {
		got := completed(rmclient.ContainerStatus{Exit: c.exit, Diagnostics: c.says}, c.released)
		if got.Reason != c.want || got.CausedByApp != c.blame || got.ExitCode != int(c.exit) {
			t.Errorf("%s %q released=%t: %s blame=%t, want %s blame=%t", c.exit, c.says, c.released,
				got.Reason, got.CausedByApp, c.want, c.blame)
		}
	}
}

func TestMemoryKillSaysWhatToRaise(t *testing.T) {
	got := completed(rmclient.ContainerStatus{Exit: rmclient.MemoryExceeded,
		Diagnostics: "\n[2026] running 20MB beyond the 'PHYSICAL' memory limit\n"}, false)
	want := "[2026] running 20MB beyond the 'PHYSICAL' memory limit; " +
		"raise weft.executor.memoryOverhead or weft.executor.memory"
	if got.Diagnostics != want {
		t.Errorf("%q", got.Diagnostics)
	}
	silent := completed(rmclient.ContainerStatus{Exit: rmclient.MemoryExceeded}, false)
	if !strings.HasPrefix(silent.Diagnostics, "memory exceeded (-104); raise") {
		t.Errorf("%q", silent.Diagnostics)
	}
}
