package pipeline

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/executor"
	"github.com/weft-data/weft/plan"
)

// Program is the user's program as executors see it: its operators, by identity. It implements
// executor.Program.
type Program struct{}

// Manifest lists the program's operators, one a line.
func (Program) Manifest() string { return strings.Join(Manifest(), "\n") }

// Load prepares a stage: every operator in it must be declared.
func (Program) Load(b []byte) (executor.Stage, error) {
	f, err := plan.DecodeFragment(b)
	if err != nil {
		return nil, err
	}
	s := &stage{Fragment: f, ops: make([]*Operator, len(f.Nodes))}
	for i, n := range f.Nodes {
		if s.ops[i], err = Lookup(n.Op); err != nil {
			return nil, err
		}
	}
	s.target, err = Lookup(f.Target.Op)
	return s, err
}

// stage is a loaded fragment. It holds no state of a task, so all slots run it at once.
type stage struct {
	plan.Fragment
	ops    []*Operator
	target *Operator
}

// Run wires the stage for the task's partition and pushes the records through. A panic of a user
// function becomes an error that names the operator, the partition and the record.
func (s *stage) Run(ctx context.Context, t *executor.Task) (result executor.Result, err error) {
	b := &Build{Ctx: ctx, Task: t}
	defer func() {
		if p := recover(); p != nil {
			err = b.userError(fmt.Sprint("panic: ", p), string(debug.Stack()))
		}
	}()
	result, err = s.run(b)
	if b.err != nil {
		err = b.err
	}
	if err == nil {
		err = context.Cause(ctx)
	}
	result.Counters, result.Accumulators = b.Counters, b.accumulators()
	return result, err
}

func (s *stage) run(b *Build) (executor.Result, error) {
	partition := int(b.Task.Partition)
	stream, err := s.stream(b, len(s.Nodes)-1, partition)
	if err != nil {
		return executor.Result{}, err
	}
	target := Target{&s.Target, partition}
	if s.Target.Write {
		return s.target.Write(b, target, stream)
	}
	return s.target.Act(b, target, stream)
}

// stream wires partition p of node i.
func (s *stage) stream(b *Build, i, p int) (any, error) {
	n := Node{&s.Nodes[i], p}
	compute := func() (any, error) { return s.compute(b, i, n) }
	if n.Persist == plan.NotPersisted {
		return compute()
	}
	keep, err := Lookup(Builtin("persist", n.Type))
	if err != nil {
		return nil, err
	}
	return keep.Narrow(b, n, []any{compute})
}

func (s *stage) compute(b *Build, i int, n Node) (any, error) {
	if n.Kind == plan.Wide {
		return s.wide(b, i, n)
	}
	var in []any
	for k, input := range n.Inputs {
		first, count := n.Needs(k, n.Partition)
		for q := first; q < first+count; q++ {
			stream, err := s.stream(b, input.Node, q)
			if err != nil {
				return nil, err
			}
			in = append(in, stream)
		}
	}
	if s.ops[i].Narrow == nil {
		return nil, fmt.Errorf("%s cannot stand inside a stage", s.ops[i])
	}
	return s.ops[i].Narrow(b, n, in)
}

func (s *stage) wide(b *Build, i int, n Node) (any, error) {
	in := make([]Wide, len(n.Inputs))
	for k, input := range n.Inputs {
		in[k].Shuffle = input.Shuffle
		if input.Shuffle != dag.NoShuffle {
			continue
		}
		stream, err := s.stream(b, input.Node, n.Partition)
		if err != nil {
			return nil, err
		}
		in[k].Stream = stream
	}
	if s.ops[i].Read == nil {
		return nil, errors.New(s.ops[i].String() + " reads no shuffle")
	}
	return s.ops[i].Read(b, n, in)
}
