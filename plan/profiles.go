package plan

import (
	"fmt"

	"github.com/weft-data/weft/resource"
)

// profileOf is the resource profile of the stage that ends in root: the default one where none of
// its datasets asks for any, the one that they ask for, or what merge makes of several.
func profileOf(root *Node, merge func(a, b resource.ID) (resource.ID, error)) (resource.ID, error) {
	var first *Node
	id := resource.Default
	for _, n := range Pipelined(root) {
		switch {
		case n.Profile == nil || first != nil && *n.Profile == id:
		case first == nil:
			first, id = n, *n.Profile
		case merge == nil:
			return id, conflict(first, n)
		default:
			var err error
			if id, err = merge(id, *n.Profile); err != nil {
				return id, fmt.Errorf("merge the resource profiles of %s and %s: %w",
					first.Label, n.Label, err)
			}
		}
	}
	return id, nil
}

func conflict(a, b *Node) error {
	return fmt.Errorf("multiple resource profiles are specified in the datasets of one stage: by %s "+
		"and by %s; give them one profile, put a shuffle such as Repartition between them, or set "+
		"weft.scheduler.resource.profileMergeConflicts to take the larger request for each resource",
		a.Label, b.Label)
}
