package ask

import (
	"fmt"

	"github.com/weft-data/weft/resource"
)

// Anywhere is the place of a row that any node may serve.
const Anywhere = "*"

// Line tells wishes apart: those of a profile, and within it those for containers that the cluster
// may take back at any time.
type Line struct {
	Profile resource.ID
	Spare   bool
}

// compare orders lines by profile, firm ones first.
func (l Line) compare(o Line) int {
	switch {
	case l.Profile != o.Profile:
		return int(l.Profile) - int(o.Profile)
	case l.Spare == o.Spare:
		return 0
	case o.Spare:
		return -1
	}
	return 1
}

// String is "profile 2" or "profile 2 spare".
func (l Line) String() string {
	if l.Spare {
		return fmt.Sprintf("profile %d spare", l.Profile)
	}
	return fmt.Sprintf("profile %d", l.Profile)
}

// Row is one line of what the scheduler is told: so many containers of this size at this place, in
// place of what was said of the same line and place before. 0 takes the row back.
type Row struct {
	Line
	Place string // a host, a rack or Anywhere
	Size  resource.Vector
	Count int
	Label string // only with Anywhere: ResourceManagers refuse it on other rows
	// Turn numbers a line's rows from 1 on where containers are placed by a constraint, and is 0
	// elsewhere. Such a row is taken back or left as it is, because the scheduler may add what is
	// said again to what it was told before.
	Turn int
}

// String is a row as scripts show it: "profile 0 on host1: 2 × 1024 MB, 1 cores".
func (r Row) String() string {
	s := fmt.Sprintf("%s on %s: %d × %s", r.Line, r.Place, r.Count, r.Size)
	if r.Label != "" {
		s += ", label " + r.Label
	}
	if r.Turn > 0 {
		s += fmt.Sprintf(", turn %d", r.Turn)
	}
	return s
}
