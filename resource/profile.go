package resource

import "fmt"

// ID numbers the profiles of an application in the order they were first seen.
type ID int32

// Default is the ID of the profile that stages use which ask for nothing special.
const Default ID = 0

// Profile is what one executor has and what one task takes of it.
type Profile struct {
	Executor Vector
	Task     Vector
}

// Slots is how many tasks run at once in an executor of the profile: as many as the resource
// that runs out first allows, and at least one.
func (p Profile) Slots() int {
	n := p.Executor.Cores / max(p.Task.Cores, 1)
	for _, t := range p.Task.Extra {
		n = min(n, int(p.Executor.Of(t.Name)/max(t.Count, 1)))
	}
	return max(n, 1)
}

// Validate reports amounts that no executor can have.
func (p Profile) Validate() error {
	for _, v := range []Vector{p.Executor, p.Task} {
		if v.Memory < 0 || v.Cores < 0 {
			return fmt.Errorf("resource profile: %s has a negative amount", v)
		}
	}
	if !p.Task.Fits(p.Executor) {
		return fmt.Errorf("resource profile: a task takes %s, more than its executor's %s",
			p.Task, p.Executor)
	}
	return nil
}

// Key is the profile's content in one line; profiles with equal keys are the same profile.
func (p Profile) Key() string { return p.Executor.String() + " / task " + p.Task.String() }

// Table gives profiles their IDs. Make one with NewTable.
type Table struct {
	profiles []Profile
	byKey    map[string]ID
}

// NewTable makes a table in which ID 0 is the given default.
func NewTable(def Profile) *Table {
	return &Table{profiles: []Profile{def}, byKey: map[string]ID{def.Key(): Default}}
}

// Add gives the ID of a profile: a known one when a profile of the same content was added
// before, the next free one otherwise.
func (t *Table) Add(p Profile) ID {
	key := p.Key()
	if id, ok := t.byKey[key]; ok {
		return id
	}
	id := ID(len(t.profiles))
	t.profiles = append(t.profiles, p)
	t.byKey[key] = id
	return id
}

// Get looks up a profile by its ID.
func (t *Table) Get(id ID) (Profile, bool) {
	if id < 0 || int(id) >= len(t.profiles) {
		return Profile{}, false
	}
	return t.profiles[id], true
}
