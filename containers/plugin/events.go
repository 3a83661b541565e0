package plugin

import (
	"errors"
	"fmt"
	"time"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/plugin/internal/wire"
	"github.com/weft-data/weft/resource"
)

// toEvent panics on an event that package containers has and the protocol lacks.
func toEvent(e containers.Event) *wire.Event {
	switch e := e.(type) {
	case containers.Allocated:
		a := &wire.Allocated{Containers: slice(e.Containers, toContainer)}
		return &wire.Event{Event: &wire.Event_Allocated{Allocated: a}}
	case containers.Completed:
		return &wire.Event{Event: &wire.Event_Completed{Completed: &wire.Completed{
			Id: string(e.ID), Reason: int32(e.Reason), ExitCode: int32(e.ExitCode),
			Diagnostics: e.Diagnostics, CausedByApp: e.CausedByApp,
		}}}
	case containers.NodeLost:
		return &wire.Event{Event: &wire.Event_NodeLost{NodeLost: &wire.NodeLost{Host: e.Host}}}
	case containers.Decommissioning:
		d := &wire.Decommissioning{Host: e.Host, LeftMs: e.Left.Milliseconds()}
		return &wire.Event{Event: &wire.Event_Decommissioning{Decommissioning: d}}
	case containers.Preempt:
		return &wire.Event{Event: &wire.Event_Preempt{Preempt: &wire.Preempt{
			Taken: toIDs(e.Taken), Named: toIDs(e.Named), DeadlineMs: e.Deadline.Milliseconds(),
		}}}
	case containers.Headroom:
		return &wire.Event{Event: &wire.Event_Headroom{Headroom: toVector(e.Resource)}}
	case containers.Down:
		return &wire.Event{Event: &wire.Event_Down{Down: e.Err.Error()}}
	}
	panic(fmt.Sprintf("cluster plugin: there is no message for %T", e))
}

// fromEvent gives nil for a message of a newer plugin.
func fromEvent(w *wire.Event) containers.Event {
	switch w := w.GetEvent().(type) {
	case *wire.Event_Allocated:
		return containers.Allocated{Containers: slice(w.Allocated.GetContainers(), fromContainer)}
	case *wire.Event_Completed:
		return completed(w.Completed)
	case *wire.Event_NodeLost:
		return containers.NodeLost{Host: w.NodeLost.GetHost()}
	case *wire.Event_Decommissioning:
		d := w.Decommissioning
		return containers.Decommissioning{Host: d.GetHost(), Left: milliseconds(d.GetLeftMs())}
	case *wire.Event_Preempt:
		p := w.Preempt
		return containers.Preempt{Taken: fromIDs(p.GetTaken()), Named: fromIDs(p.GetNamed()),
			Deadline: milliseconds(p.GetDeadlineMs())}
	case *wire.Event_Headroom:
		return containers.Headroom{Resource: fromVector(w.Headroom)}
	case *wire.Event_Down:
		return containers.Down{Err: errors.New(w.Down)}
	}
	return nil
}

func completed(w *wire.Completed) containers.Completed {
	return containers.Completed{
		ID: containers.ID(w.GetId()), Reason: containers.Reason(w.GetReason()),
		ExitCode: int(w.GetExitCode()), Diagnostics: w.GetDiagnostics(),
		CausedByApp: w.GetCausedByApp(),
	}
}

func milliseconds(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

func toContainer(c containers.Container) *wire.Container {
	return &wire.Container{
		Id: string(c.ID), Host: c.Host, Rack: c.Rack, Resource: toVector(c.Resource),
		Profile: int32(c.Profile),
	}
}

func fromContainer(w *wire.Container) containers.Container {
	return containers.Container{
		ID: containers.ID(w.GetId()), Host: w.GetHost(), Rack: w.GetRack(),
		Resource: fromVector(w.GetResource()), Profile: resource.ID(w.GetProfile()),
	}
}
