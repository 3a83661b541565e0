package am

import (
	"context"
	"fmt"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/scheduler"
)

// profiles begins the application's table. Slots that were asked for outright, as by local[N], make
// as many cores.
func profiles(c *conf.Conf, slots int) (*resource.Table, error) {
	d := conf.ResourceDefaults(c)
	if slots > 0 {
		d.Cores = slots * d.Task.CPUs
	}
	t, err := resource.NewTable(d)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSettings, err)
	}
	return t, nil
}

// AddProfile gives the number of a profile that stages may have from now on. It refuses one that
// makes no sense, and one that asks for executors which nobody would ask the cluster for or which
// the cluster can never give.
func (d *Driver) AddProfile(ctx context.Context, p resource.Profile) (resource.ID, error) {
	if err := d.givable(ctx, p); err != nil {
		return 0, err
	}
	type answer struct {
		id  resource.ID
		err error
	}
	a, err := ask(ctx, d, func(l *loop, reply chan<- answer) {
		id, err := l.addProfile(p)
		reply <- answer{id, err}
	})
	if err != nil {
		return 0, err
	}
	return a.id, a.err
}

// givable refuses a profile of executors that the cluster can never give. Its job fails; to ask for
// them would end the application.
func (d *Driver) givable(ctx context.Context, p resource.Profile) error {
	shape, err := d.profiles.Make(p) // of what never changes; the rest of the table is the loop's
	if err != nil || shape.TaskOnly {
		return err
	}
	if err := containers.Check(ctx, d.Cluster, shape.Executor); err != nil {
		return fmt.Errorf("resource profile (%s): %w", p.Key(), err)
	}
	return nil
}

// MergeProfiles gives the number of the profile that asks for the larger of two known ones'
// requests for each resource.
func (d *Driver) MergeProfiles(ctx context.Context, a, b resource.ID) (resource.ID, error) {
	type pair struct{ a, b resource.Profile }
	both, err := ask(ctx, d, func(l *loop, reply chan<- pair) {
		p, _ := l.profiles.Get(a)
		q, _ := l.profiles.Get(b)
		reply <- pair{p, q}
	})
	if err != nil {
		return 0, err
	}
	return d.AddProfile(ctx, resource.Merge(both.a, both.b))
}

func (l *loop) addProfile(p resource.Profile) (resource.ID, error) {
	shape, err := l.profiles.Make(p)
	if err == nil {
		err = l.supported(&shape)
	}
	if err != nil {
		return 0, err
	}
	id, added, err := l.profiles.Add(p)
	if err != nil || !added {
		return id, err
	}
	for _, w := range shape.Warnings() {
		l.Log.Warn("resource profile: "+w, "profile", id)
	}
	return id, l.tell(scheduler.ProfileAdded{ID: id, Shape: shape})
}

// supported refuses profiles whose stages would wait for ever.
func (l *loop) supported(s *resource.Shape) error {
	covered := conf.SchedulerCoverProfiles.Get(l.Conf) &&
		l.profiles.Shape(resource.Default).Covers(*s)
	if s.TaskOnly || l.dynamic() || covered {
		return nil
	}
	return fmt.Errorf("resource profile (%s): it asks for executors of its own, which come with "+
		"dynamic allocation only; set weft.dynamicAllocation.enabled (master yarn or process[N]), "+
		"or ask for something of tasks only", s)
}

// registeredWith answers an executor's Register.
func (l *loop) registeredWith(id resource.ID) *control.Registered {
	s := l.profiles.Shape(id)
	r := &control.Registered{Conf: l.settings, Data: int64(s.Data), Cores: int32(s.Executor.Cores),
		Driver: int32(l.Attempt)}
	for _, a := range s.Executor.Extra {
		r.Resources = append(r.Resources, &control.Amount{Name: a.Name, Count: a.Count})
	}
	return r
}

// shares are what tasks of a profile take of named resources.
func (l *loop) shares(t *resource.Task) (list []*control.Share) {
	for _, s := range t.Shares {
		list = append(list, &control.Share{Name: s.Name, Parts: int64(s.Cost())})
	}
	return list
}
