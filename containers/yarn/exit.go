package yarn

import (
	"fmt"
	"strings"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/rmclient"
)

// Exit codes of processes that mean more than a number.
const (
	exitCannotRun = 126 // bash: not executable
	exitNotFound  = 127 // bash: no such file
	exitKill      = 128 + 9
	exitTerm      = 128 + 15
	exitLost      = 154 // a recovered NodeManager found the process gone and no exit code
)

// An ending is what an exit status means.
type ending struct {
	reason containers.Reason
	blame  bool   // the application's fault
	advice string // what to do about it
}

const (
	moreMemory = "raise weft.executor.memoryOverhead or weft.executor.memory"
	lookAtLogs = "see the container's stderr with weft logs"
)

// endings are the codes by which YARN says who ended a container, and those of the shell.
var endings = map[rmclient.ExitStatus]ending{
	rmclient.NotExited: {containers.ReasonStartFailed, false,
		"the node could not fetch the program or set the container up"},
	rmclient.Aborted:               {containers.ReasonKilled, false, ""},
	rmclient.DisksFailed:           {containers.ReasonDisks, false, ""},
	rmclient.Preempted:             {containers.ReasonPreempted, false, ""},
	rmclient.VirtualMemoryExceeded: {containers.ReasonMemory, true, moreMemory},
	rmclient.MemoryExceeded:        {containers.ReasonMemory, true, moreMemory},
	rmclient.KilledByMaster:        {containers.ReasonReleased, false, ""},
	rmclient.KilledByRM:            {containers.ReasonKilled, false, ""},
	rmclient.AfterApplicationEnd:   {containers.ReasonKilled, false, ""},
	rmclient.KilledByScheduler:     {containers.ReasonPreempted, false, ""},
	rmclient.ExcessLogs:            {containers.ReasonKilled, true, "write less to stdout and stderr"},
	0:                              {containers.ReasonExited, false, ""},
	exitCannotRun:                  {containers.ReasonStartFailed, false, lookAtLogs},
	exitNotFound:                   {containers.ReasonStartFailed, false, lookAtLogs},
	// The kernel kills so too when the machine's memory is short, which tasks can cause again
	// and again; so it counts.
	exitKill: {containers.ReasonKilled, true, "if the node was short of memory, " + moreMemory},
	exitTerm: {containers.ReasonKilled, false, ""},
	exitLost: {containers.ReasonKilled, false, ""},
}

// completed turns an exit into an event.
func completed(s rmclient.ContainerStatus, released bool) containers.Completed {
	e, known := endings[s.Exit]
	switch {
	case released:
		e = ending{reason: containers.ReasonReleased}
	case !known && s.Exit < 0: // a word of a newer YARN: it ended the container, whoever is to blame
		e = ending{containers.ReasonKilled, false, lookAtLogs}
	case !known:
		e = ending{containers.ReasonExited, true, lookAtLogs}
	case s.Exit == rmclient.Aborted && strings.Contains(s.Diagnostics, "lost"):
		e.reason = containers.ReasonNodeLost
	}
	return containers.Completed{
		ID: containers.ID(s.ID.String()), Reason: e.reason, ExitCode: int(s.Exit),
		CausedByApp: e.blame, Diagnostics: diagnostics(s, e.advice),
	}
}

// diagnostics is what YARN said and what to do about it.
func diagnostics(s rmclient.ContainerStatus, advice string) string {
	text := tidy(s.Diagnostics)
	switch {
	case advice == "":
		return text
	case text == "":
		return fmt.Sprintf("%s; %s", s.Exit, advice)
	}
	return strings.TrimSuffix(text, ".") + "; " + advice
}
