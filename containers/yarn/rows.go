package yarn

import (
	"fmt"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/ask"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/submit"
)

// newBook is an empty book for what the ResourceManager said at the registration.
func newBook(c Config, r rmclient.Registered) *ask.Book {
	config := ask.Config{Label: conf.YarnExecutorNodeLabel.Get(c.Conf), Constrained: c.placed.any()}
	for _, t := range r.ResourceTypes {
		if t.Name != rmclient.MemoryResource && t.Name != rmclient.VCoresResource {
			config.Types = append(config.Types, t.Name)
		}
	}
	return ask.New(config)
}

// wanted are the asks in YARN's names, or an error when one of them can never be served. The
// ResourceManager fails a whole heartbeat for one that is too large and drops unknown resources
// without a word, so both are looked at before.
func (l *loop) wanted(asks []containers.Ask) ([]containers.Ask, error) {
	out := make([]containers.Ask, len(asks))
	for i, a := range asks {
		named, err := l.named(a.Resource, submit.ExecutorKeys())
		if err != nil {
			return nil, err
		}
		out[i] = a
		out[i].Resource = named
	}
	return out, nil
}

// named is the size of an executor in YARN's names, if there can be one. The keys are what made it
// so large.
func (l *loop) named(size resource.Vector, k submit.Keys) (resource.Vector, error) {
	named := l.names.Vector(size)
	return named, l.limits.Check(fmt.Sprintf("an executor of %s", size), submit.Size(named), k)
}

// request turns rows into asks. The profile is the priority, as in Spark, so that the scheduler
// serves the profiles that came first first; and the id, which comes back with each container.
//
// Under a placement constraint rows have the executors' tag.
func request(rows []ask.Row, tag string) []rmclient.Ask {
	out := make([]rmclient.Ask, len(rows))
	for i, r := range rows {
		out[i] = rmclient.Ask{
			Priority: int32(r.Profile), RequestID: requestID(r.Line, r.Turn), Place: r.Place,
			Size: submit.Size(r.Size), Count: int32(r.Count), NodeLabel: r.Label,
			Execution: execution(r.Line), EnforceExecution: r.Spare, Tag: tag,
		}
	}
	return out
}

func execution(l ask.Line) rmclient.ExecutionType {
	if l.Spare {
		return rmclient.Opportunistic
	}
	return rmclient.Guaranteed
}

// An id of an ask, from the highest bit: turn, 31 │ spare, 1 │ profile, 32. Ids of profiles are 32
// bits long, and are their asks' ids where nothing else is said.
const (
	spareID  = 1 << 32
	firstTry = spareID << 1
)

func requestID(l ask.Line, turn int) int64 {
	id := int64(turn)*firstTry + int64(l.Profile)
	if l.Spare {
		id += spareID
	}
	return id
}

// lineOf is the inverse of requestID.
func lineOf(id int64) (l ask.Line, turn int) {
	return ask.Line{Profile: resource.ID(id % spareID), Spare: id&spareID != 0}, int(id / firstTry)
}

// nodesOf are reports as the book reads them.
func nodesOf(reports []rmclient.NodeReport) []ask.Node {
	out := make([]ask.Node, len(reports))
	for i, n := range reports {
		out[i] = ask.Node{Host: n.ID.Host, Rack: n.Rack, Usable: n.State.Usable(), Labels: n.Labels,
			Has: vector(n.Capability), Used: vector(n.Used)}
	}
	return out
}
