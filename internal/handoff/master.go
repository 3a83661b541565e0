package handoff

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
)

// Kind is where the executors of an application run.
type Kind string

// The kinds of master.
const (
	Local   Kind = "local"   // goroutines of the driver's process
	Process Kind = "process" // processes on this machine
	Yarn    Kind = "yarn"    // containers of a cluster
	Plugin  Kind = "plugin"  // a cluster that is a program of its own
)

// Master is the value of weft.master, taken apart.
type Master struct {
	Kind Kind
	// N is how many tasks run at once (Local) or how many executors (Process); 0 for the others.
	N int
	// Name is the plugin's, "" for the others.
	Name string
}

// mostLocal bounds N: a typing mistake should not start a million processes.
const mostLocal = 4096

// ParseMaster reads local, local[N], local[*], process[N], process[*], yarn and plugin:NAME; * is
// one for each CPU, and local alone is local[1], as in Spark.
func ParseMaster(s string) (Master, error) {
	s = strings.TrimSpace(s)
	if s == string(Yarn) {
		return Master{Kind: Yarn}, nil
	}
	if name, ok := strings.CutPrefix(s, string(Plugin)+":"); ok && name != "" {
		return Master{Kind: Plugin, Name: name}, nil
	}
	kind, count, bracket := strings.Cut(s, "[")
	if bracket {
		count, bracket = strings.CutSuffix(count, "]")
	} else {
		count, bracket = "1", kind == string(Local)
	}
	k := Kind(kind)
	if !bracket || (k != Local && k != Process) {
		return Master{}, fmt.Errorf("master %q: want local[N], process[N], yarn or plugin:NAME", s)
	}
	if count == "*" {
		return Master{Kind: k, N: runtime.GOMAXPROCS(0)}, nil
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 1 || n > mostLocal {
		return Master{}, fmt.Errorf("master %q: want a number from 1 to %d, or *, in the brackets",
			s, mostLocal)
	}
	return Master{Kind: k, N: n}, nil
}

// String prints the master as ParseMaster reads it.
func (m Master) String() string {
	switch m.Kind {
	case Yarn:
		return string(Yarn)
	case Plugin:
		return string(Plugin) + ":" + m.Name
	}
	return fmt.Sprintf("%s[%d]", m.Kind, m.N)
}
