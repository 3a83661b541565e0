package pool

import "cmp"

// Claim is one claimant of the next free slot: its rights and what it has.
type Claim struct {
	Name     string // the last resort between equals
	Weight   int    // at least 1
	MinShare int
	Running  int // tasks
}

// Claim is a pool's claim when it runs so many tasks.
func (s *Spec) Claim(running int) Claim {
	return Claim{Name: s.Name, Weight: s.Weight, MinShare: s.MinShare, Running: running}
}

// Needy says whether the claimant has less than its minimum.
func (c *Claim) Needy() bool { return c.Running < c.MinShare }

// Compare tells who is served first: negative if a is, positive if b is. Only claimants of the
// same name and need are equal.
func Compare(a, b *Claim) int {
	return cmp.Or(CompareNeed(a, b), cmp.Compare(a.Name, b.Name))
}

// CompareNeed is Compare without names: 0 means that both have the same right to be next.
// Ratios are compared as products, so that no rounding makes unequal claims equal; the
// factors have 32 bits at most.
func CompareNeed(a, b *Claim) int {
	needyA, needyB := a.Needy(), b.Needy()
	switch {
	case needyA && needyB:
		return compareRatio(a.Running, max(a.MinShare, 1), b.Running, max(b.MinShare, 1))
	case needyA:
		return -1
	case needyB:
		return 1
	}
	return compareRatio(a.Running, a.Weight, b.Running, b.Weight)
}

func compareRatio(a, perA, b, perB int) int {
	return cmp.Compare(int64(a)*int64(perB), int64(b)*int64(perA))
}

// Full says whether a pool that runs so many tasks is at its ceiling.
func (s *Spec) Full(running int) bool { return s.MaxShare > 0 && running >= s.MaxShare }
