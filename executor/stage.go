package executor

import (
	"fmt"
	"sync"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
)

// stage is a template that the driver sent, loaded by the first task that needs it.
type stage struct {
	id       dag.StageID
	template *control.StageTemplate
	program  func() (Stage, error)
	wrote    outputSizes
}

// result says whether tasks of the stage have values rather than map outputs.
func (s *stage) result() bool { return dag.ShuffleID(s.template.Shuffle) == dag.NoShuffle }

// stages are the templates in use. Only the receiving goroutine touches the list; running tasks
// hold their own stage.
type stages struct {
	list []*stage
}

// add takes a template. A stage that comes again (a new job over the same shuffle) replaces the
// old one, whose tasks go on with what they have.
func (s *stages) add(p Program, t *control.StageTemplate) {
	s.drop(t.Stage)
	s.list = append(s.list, &stage{
		id:       dag.StageID(t.Stage),
		template: t,
		program: sync.OnceValues(func() (Stage, error) {
			loaded, err := p.Load(t.Program)
			if err != nil {
				return nil, fmt.Errorf("load stage %d (%s): %w", t.Stage, t.Name, err)
			}
			return loaded, nil
		}),
	})
}

func (s *stages) find(id int32) *stage {
	for _, st := range s.list {
		if st.id == dag.StageID(id) {
			return st
		}
	}
	return nil
}

func (s *stages) drop(id int32) {
	for i, st := range s.list {
		if st.id == dag.StageID(id) {
			s.list = append(s.list[:i], s.list[i+1:]...)
			return
		}
	}
}
