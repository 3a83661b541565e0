// Package pool knows what a pool of jobs is and which of several pools is served next.
//
// A pool shares the cluster with the other pools; its jobs share what it gets. Package fairxml
// reads Specs from a file, package scheduler keeps the counts and asks Compare. Everything here
// is a pure function of its arguments and may be called from any goroutine.
//
// The rules are those of the reference's fair scheduler, which users know:
//
//   - A pool that runs fewer tasks than its minimum share is needy, and is served before one
//     that does not. Of two needy pools the one farther below its minimum goes first.
//   - Otherwise the pool with fewer running tasks for its weight goes first.
//   - Equal ones go by name, so that the order is total.
//
// Running tasks are counted, not cores; nothing that runs is ever stopped for fairness.
package pool

import (
	"fmt"
	"strings"
)

// DefaultName is the pool of jobs that name none.
const DefaultName = "default"

// Mode is how the jobs inside a pool, or the pools of an application, are ordered.
type Mode uint8

// The modes.
const (
	FIFO Mode = iota // the oldest job first
	Fair             // the one with the smallest share of running tasks first
)

// String names the mode as fairscheduler.xml does.
func (m Mode) String() string {
	if m == Fair {
		return "FAIR"
	}
	return "FIFO"
}

// ParseMode reads a mode in any case, with or without blanks around it.
func ParseMode(s string) (Mode, error) {
	switch strings.ToUpper(strings.TrimSpace(s)) {
	case "FIFO":
		return FIFO, nil
	case "FAIR":
		return Fair, nil
	}
	return FIFO, fmt.Errorf("scheduling mode %q: want FIFO or FAIR", clip(s))
}

// clip keeps a foreign text fit for a message.
func clip(s string) string {
	const most = 64
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// Spec is what somebody wants of a pool.
type Spec struct {
	Name     string
	Mode     Mode // of the jobs inside
	Weight   int  // share relative to other pools, at least 1
	MinShare int  // running tasks that are its due before the rest is split by weight
	// MaxShare is the most tasks that may run at once; 0 is no ceiling. The reference has
	// no such thing.
	MaxShare int
}

// Default is a pool of which nothing but the name is known.
func Default(name string) Spec { return Spec{Name: name, Mode: FIFO, Weight: 1} }

// Limit is the largest weight and share: they are counted in 32 bits, as in the reference.
const Limit = 1<<31 - 1

// MaxName is the most bytes that a pool's name may have.
const MaxName = 1024

// Validate refuses what no pool can be.
func (s Spec) Validate() error {
	switch {
	case s.Name == "":
		return fmt.Errorf("a pool has no name")
	case len(s.Name) > MaxName:
		return fmt.Errorf("pool %q: the name has %d bytes, want at most %d",
			clip(s.Name), len(s.Name), MaxName)
	case s.Mode > Fair:
		return fmt.Errorf("pool %q: there is no scheduling mode %d", s.Name, s.Mode)
	case s.Weight < 1 || s.Weight > Limit:
		return fmt.Errorf("pool %q: weight %d, want 1 to %d", s.Name, s.Weight, Limit)
	case s.MinShare < 0 || s.MinShare > Limit:
		return fmt.Errorf("pool %q: minimum share %d, want 0 to %d", s.Name, s.MinShare, Limit)
	case s.MaxShare < 0 || s.MaxShare > Limit:
		return fmt.Errorf("pool %q: maximum share %d, want 0 to %d", s.Name, s.MaxShare, Limit)
	}
	return nil
}

// String gives the pool in one line: "prod FAIR weight 1 min 2".
func (s Spec) String() string {
	line := fmt.Sprintf("%s %s weight %d min %d", s.Name, s.Mode, s.Weight, s.MinShare)
	if s.MaxShare > 0 {
		line += fmt.Sprintf(" max %d", s.MaxShare)
	}
	return line
}
