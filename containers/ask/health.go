package ask

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Health keeps an application away from hosts on which its executors cannot be started. A node that
// fails every start is the emptiest of the cluster, so that a scheduler gives it first, again and
// again. The zero value excludes nothing; Health belongs to one goroutine (Spark
// YarnAllocatorNodeHealthTracker).
type Health struct {
	Limit   int           // failures on a host that exclude it; 0: none does
	Timeout time.Duration // after which a host is tried again

	failures []failure          // of hosts that are not excluded, the oldest first
	excluded map[string]failure // by host: the first failure, at the time of the last
}

// failure is a start that failed.
type failure struct {
	at        time.Time
	host, why string
}

// Failed counts a start that failed and reports whether the host is excluded from now on.
func (h *Health) Failed(now time.Time, host, why string) (excluded bool) {
	if _, already := h.excluded[host]; already || h.Limit == 0 {
		return false
	}
	h.failures = append(h.failures, failure{now, host, why})
	var here []failure
	for _, f := range h.failures {
		if f.host == host && now.Sub(f.at) < h.Timeout {
			here = append(here, f)
		}
	}
	if len(here) < h.Limit {
		return false
	}
	if h.excluded == nil {
		h.excluded = map[string]failure{}
	}
	h.excluded[host] = failure{now, host, here[0].why}
	h.failures = slices.DeleteFunc(h.failures, func(f failure) bool {
		return f.host == host || now.Sub(f.at) >= h.Timeout
	})
	return true
}

// Excluded reports whether a host is excluded.
func (h *Health) Excluded(host string) bool {
	_, is := h.excluded[host]
	return is
}

// Recovered are the hosts whose time is over, in order. They start anew.
func (h *Health) Recovered(now time.Time) []string {
	var out []string
	for host, f := range h.excluded {
		if now.Sub(f.at) >= h.Timeout {
			out = append(out, host)
		}
	}
	for _, host := range out {
		delete(h.excluded, host)
	}
	slices.Sort(out)
	return out
}

// String lists the excluded hosts, each with its first failure.
func (h *Health) String() string {
	var out []string
	for host, f := range h.excluded {
		out = append(out, fmt.Sprintf("%s (%s)", host, f.why))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
