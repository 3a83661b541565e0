package resource

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Parts is an amount of a resource in millionths of a millionth of a unit: integers, because nine
// times 1/9 in floating point is not one.
type Parts int64

// Whole is one unit.
const Whole Parts = 1e12

const (
	// MaxUnits bounds an amount, so that sums of Parts do not overflow.
	MaxUnits = 1_000_000
	// leastShare is the smallest share of a unit.
	leastShare = Whole / 1_000_000
)

// PartsOf converts an amount. It cuts off what is smaller than a part, so that k times 1/k is never
// more than Whole.
func PartsOf(amount float64) (Parts, error) {
	if !(amount > 0 && amount <= MaxUnits) {
		return 0, fmt.Errorf("an amount of %v, want above 0 and at most %d", amount, MaxUnits)
	}
	p := Parts(amount * float64(Whole))
	switch {
	case p < leastShare:
		return 0, fmt.Errorf("an amount of %v, want at least %v", amount, leastShare)
	case p > Whole && p%Whole != 0:
		return 0, fmt.Errorf("an amount of %v, want a whole number or at most 1: a task gets whole "+
			"devices or a share of one", amount)
	}
	return p, nil
}

// String writes the amount as a decimal number: "2", "0.25".
func (p Parts) String() string {
	return strconv.FormatFloat(float64(p)/float64(Whole), 'f', -1, 64)
}

// Share is how much of a named resource one task takes: whole units, or a part of one.
type Share struct {
	Name  string
	Parts Parts
}

// PerUnit is how many tasks share a unit; 1 for a task that takes whole units.
func (s Share) PerUnit() int64 {
	if s.Parts <= 0 || s.Parts >= Whole {
		return 1
	}
	return int64(Whole / s.Parts)
}

// Cost is what the share counts for when units are given out: where two tasks fit on a device,
// each counts for half of it, because a third could not use what they leave.
func (s Share) Cost() Parts {
	if s.Parts >= Whole {
		return s.Parts
	}
	return Whole / Parts(s.PerUnit())
}

// tasks is how many such shares some units hold.
func (s Share) tasks(units int64) int64 {
	if s.Parts >= Whole {
		return units / int64(s.Parts/Whole)
	}
	return units * s.PerUnit()
}

// Task is what one task takes of its executor. As part of a Profile, zero CPUs are the
// application's default.
type Task struct {
	CPUs int
	// Shares are sorted by name, each name once; MakeTask sees to it.
	Shares []Share
}

// MakeTask puts shares in order. A later one of a name replaces an earlier one.
func MakeTask(cpus int, shares ...Share) Task {
	t := Task{CPUs: cpus}
	for _, s := range shares {
		t.Shares = put(t.Shares, s, func(s Share) string { return s.Name })
	}
	return t
}

// Of is how much of the named resource a task takes.
func (t Task) Of(name string) Parts {
	for _, s := range t.Shares {
		if s.Name == name {
			return s.Parts
		}
	}
	return 0
}

// put sets an entry of a list that is sorted by name.
func put[T any](list []T, entry T, name func(T) string) []T {
	i, found := slices.BinarySearchFunc(list, name(entry), func(e T, key string) int {
		return cmp.Compare(name(e), key)
	})
	if found {
		list[i] = entry
		return list
	}
	return slices.Insert(list, i, entry)
}

// clampInt makes a count of tasks fit into what schedulers count with.
func clampInt(n int64) int { return int(min(n, math.MaxInt32)) }
