package resource

// Table gives profiles their IDs. Make one with NewTable.
type Table struct {
	defaults Defaults
	profiles []Profile
	shapes   []Shape
	byKey    map[string]ID
}

// NewTable makes a table in which ID 0 is the default profile, which asks for nothing.
func NewTable(d Defaults) (*Table, error) {
	t := &Table{defaults: d, byKey: make(map[string]ID)}
	_, _, err := t.Add(Profile{})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// Add gives the ID of a profile: a known one when a profile of the same content was added
// before, the next free one otherwise. added tells which.
func (t *Table) Add(p Profile) (id ID, added bool, err error) {
	key := p.Key()
	if id, ok := t.byKey[key]; ok {
		return id, false, nil
	}
	shape, err := t.defaults.Shape(p)
	if err != nil {
		return 0, false, err
	}
	id = ID(len(t.profiles))
	t.profiles, t.shapes = append(t.profiles, p), append(t.shapes, shape)
	t.byKey[key] = id
	return id, true, nil
}

// Make is the shape that a profile would have, without adding it.
func (t *Table) Make(p Profile) (Shape, error) { return t.defaults.Shape(p) }

// Get looks up a profile by its ID.
func (t *Table) Get(id ID) (Profile, bool) {
	if id < 0 || int(id) >= len(t.profiles) {
		return Profile{}, false
	}
	return t.profiles[id], true
}

// Shape looks up what became of a profile, by an ID that Add gave; others have none.
func (t *Table) Shape(id ID) Shape {
	if id < 0 || int(id) >= len(t.shapes) {
		return Shape{}
	}
	return t.shapes[id]
}

// Len is the number of profiles; their IDs are below it.
func (t *Table) Len() int { return len(t.profiles) }
