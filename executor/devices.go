package executor

import (
	"slices"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/resource"
)

// equipment is what tasks take while they run: cores, and devices of named resources. The driver
// counts the sums; which devices a task gets is found out here, and a task for which no device has
// enough left waits in the queue, and those behind it. The queue's lock guards it.
type equipment struct {
	limited bool // otherwise a slot is all that a task takes
	cores   int
	devices []device
}

// device is one unit of a named resource.
type device struct {
	resource, address string
	left              resource.Parts
}

// holding is what a task took.
type holding struct {
	cpus    int
	devices []held
}

type held struct {
	at    int // index into equipment.devices
	parts resource.Parts
}

// take gives a task of a stage what it needs, or nothing.
func (q *equipment) take(t *control.StageTemplate) (h holding, ok bool) {
	if !q.limited {
		return h, true
	}
	h.cpus = int(t.Cpus)
	if h.cpus > q.cores {
		return h, false
	}
	for _, s := range t.Shares {
		if !q.choose(s, &h) {
			return holding{}, false
		}
	}
	q.cores -= h.cpus
	for _, d := range h.devices {
		q.devices[d.at].left -= d.parts
	}
	return h, true
}

// choose finds whole devices, or the fullest one with a large enough part left.
func (q *equipment) choose(s *control.Share, h *holding) bool {
	parts := resource.Parts(s.Parts)
	if parts < resource.Whole {
		at := q.fullest(s.Name, parts)
		if at >= 0 {
			h.devices = append(h.devices, held{at, parts})
		}
		return at >= 0
	}
	wanted := int64(parts / resource.Whole)
	for i := range q.devices {
		if d := &q.devices[i]; wanted > 0 && d.resource == s.Name && d.left == resource.Whole {
			h.devices = append(h.devices, held{i, resource.Whole})
			wanted--
		}
	}
	return wanted == 0
}

func (q *equipment) fullest(name string, parts resource.Parts) int {
	best := -1
	for i := range q.devices {
		d := &q.devices[i]
		if d.resource == name && d.left >= parts && (best < 0 || d.left < q.devices[best].left) {
			best = i
		}
	}
	return best
}

// give takes back what a task had.
func (q *equipment) give(h holding) {
	q.cores += h.cpus
	for _, d := range h.devices {
		q.devices[d.at].left += d.parts
	}
}

// addresses are the devices in a holding, by resource.
func (q *equipment) addresses(h holding) map[string][]string {
	if len(h.devices) == 0 {
		return nil
	}
	list := make(map[string][]string)
	for _, held := range h.devices {
		d := &q.devices[held.at]
		list[d.resource] = append(list[d.resource], d.address)
	}
	for _, addresses := range list {
		slices.Sort(addresses)
	}
	return list
}
