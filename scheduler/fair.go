package scheduler

import "github.com/weft-data/weft/scheduler/pool"

// fair keeps the pools of mode Fair in the order in which they are served. A pool is in the
// heap while it has a stage with tasks to launch and is below its ceiling; a stage is in its
// pool's heap while it is queued. A launch moves one pool and one stage, so a thousand
// pools cost no more than the logarithm of it.
//
// In mode FIFO there are no pools, and stage.pool is nil.
type fair struct {
	pools  ranked[*poolState]
	byName map[string]*poolState
	noFile bool // see PoolsChanged
	// parked are stages that found no place in the offer under way.
	parked []*stage
	turns  []*turn // begun in the offer under way
	spare  []*turn
}

// poolState is a pool that a stage is in, or that the file names.
type poolState struct {
	spec    pool.Spec
	listed  bool // in the file
	members int  // stages that are in it
	running int  // busy slots of its stages
	at      int  // place in fair.pools, or -1
	stages  ranked[*stage]
}

func newFair() fair {
	return fair{
		noFile: true,
		byName: make(map[string]*poolState),
		pools: ranked[*poolState]{
			before: (*poolState).before,
			at:     func(p *poolState) *int { return &p.at },
		},
	}
}

func (p *poolState) before(q *poolState) bool {
	a, b := p.spec.Claim(p.running), q.spec.Claim(q.running)
	return pool.Compare(&a, &b) < 0
}

func newPoolState(spec pool.Spec, listed bool) *poolState {
	p := &poolState{spec: spec, listed: listed, at: -1}
	p.stages = ranked[*stage]{
		before: p.stageBefore,
		at:     func(s *stage) *int { return &s.poolAt },
	}
	return p
}

// stageBefore is the order inside a pool. A stage has weight 1 and no minimum share.
func (p *poolState) stageBefore(a, b *stage) bool {
	if p.spec.Mode == pool.Fair && a.slots != b.slots {
		return a.slots < b.slots
	}
	return before(a, b) < 0
}

// add lets a queued stage have its turns. One that no executor could run has none until there is
// one: it would stand before others for ever.
func (f *fair) add(s *stage) {
	if p := s.pool; p != nil && s.poolAt < 0 && s.profile.living > 0 {
		p.stages.push(s)
		f.settle(p)
	}
}

// drop takes a stage out of the order.
func (f *fair) drop(s *stage) {
	if p := s.pool; p != nil && s.poolAt >= 0 {
		p.stages.remove(s)
		f.settle(p)
	}
}

// occupy counts slots that a stage takes or gives back.
func (f *fair) occupy(s *stage, n int) {
	s.slots += n
	p := s.pool
	if p == nil {
		return
	}
	p.running += n
	if s.poolAt >= 0 {
		p.stages.fix(s)
	}
	f.settle(p)
}

// settle puts a pool where it belongs after anything about it changed.
func (f *fair) settle(p *poolState) {
	serve := len(p.stages.list) > 0 && !p.spec.Full(p.running)
	switch {
	case serve && p.at < 0:
		f.pools.push(p)
	case serve:
		f.pools.fix(p)
	case p.at >= 0:
		f.pools.remove(p)
	}
}
