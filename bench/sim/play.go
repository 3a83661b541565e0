package main

import (
	"container/heap"
	"fmt"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// play is one day under one policy: the machine, and executors that are numbers.
type play struct {
	*workload
	machine  *scheduler.Machine
	now      time.Duration
	events   events
	sequence int
	wake     time.Duration
	nodes    []*node // of the living executors, by node
	byID     []*node // by executor id
	state    []jobState
	active   []*jobState // in order of arrival
	over     int
	spent    time.Duration // in the machine
	launched int
	fairness fairness
}

// node is an executor in the play.
type node struct {
	id      scheduler.ExecutorID
	at      int32
	running map[dag.Task]bool
	lost    bool
}

// jobState is how far a job is.
type jobState struct {
	*job
	running int
	waiting int // tasks that could run and do not
	local   int // launches of maps at their input
	mapRuns int
	end     time.Duration
	deficit float64 // slot-seconds under its fair share
	window  share
}

// event is something that will happen. The sequence breaks ties.
type event struct {
	at       time.Duration
	sequence int
	do       func() error
}

func newPlay(w *workload, p policy) (*play, error) {
	m, err := scheduler.New(p.config(w))
	if err != nil {
		return nil, err
	}
	return &play{
		workload: w, machine: m, nodes: make([]*node, w.cluster.nodes),
		state: make([]jobState, len(w.jobs)),
	}, nil
}

func (p *play) at(t time.Duration, do func() error) {
	p.sequence++
	heap.Push(&p.events, event{t, p.sequence, do})
}

// run plays the day to the end of its last job.
func (p *play) run() error {
	if err := p.step(scheduler.PoolsChanged{NoFile: true}); err != nil {
		return err
	}
	for n := range p.cluster.nodes {
		if err := p.join(int32(n)); err != nil {
			return err
		}
	}
	for i := range p.jobs {
		j := &p.jobs[i]
		p.at(j.arrive, func() error { return p.arrived(j) })
	}
	last := p.jobs[len(p.jobs)-1].arrive
	for _, c := range p.cluster.crashes(p.seed, 2*last) {
		p.at(c.at, func() error { return p.crashed(c.node) })
	}
	p.at(sampleEvery, p.sample)
	for p.over < len(p.jobs) {
		if len(p.events) == 0 || p.now > 20*last+24*time.Hour {
			return fmt.Errorf("%d of %d jobs never end", len(p.jobs)-p.over, len(p.jobs))
		}
		e := heap.Pop(&p.events).(event)
		p.now = e.at
		if err := e.do(); err != nil {
			return err
		}
	}
	return nil
}

func (p *play) arrived(j *job) error {
	s := &p.state[j.id]
	s.job, s.waiting = j, j.maps
	p.active = append(p.active, s)
	return p.step(scheduler.JobSubmitted{Job: p.spec(j)})
}

func (p *play) join(n int32) error {
	x := &node{id: scheduler.ExecutorID(len(p.byID)), at: n, running: make(map[dag.Task]bool)}
	p.byID = append(p.byID, x)
	p.nodes[n] = x
	return p.step(scheduler.ExecutorAdded{
		Executor: x.id, Host: p.cluster.host(n), Rack: p.cluster.rackName(n), Slots: p.cluster.slots,
	})
}

func (p *play) crashed(n int32) error {
	x := p.nodes[n]
	if x == nil {
		return nil
	}
	x.lost, p.nodes[n] = true, nil
	for t := range x.running { // each for itself: the order does not matter
		s := p.jobOf(t.Stage)
		s.running--
		s.waiting++
	}
	p.at(p.now+repair, func() error { return p.join(n) })
	return p.step(scheduler.ExecutorLost{Executor: x.id, Reason: "node lost", OutputsLost: true})
}

func (p *play) jobOf(s dag.StageID) *jobState { return &p.state[s/2] }

// isMap says whether a stage reads blocks.
func (s *jobState) isMap(id dag.StageID) bool { return id%2 == 0 || s.reduces == 0 }

// step tells the machine and does what it wants. Only its own time counts.
func (p *play) step(e scheduler.Event) error {
	began := time.Now()
	err := p.machine.Step(p.now, e)
	actions := p.machine.Ready()
	p.spent += time.Since(began)
	if err != nil {
		return err
	}
	for _, a := range actions {
		if err := p.perform(a); err != nil {
			return err
		}
	}
	return nil
}

func (p *play) perform(a scheduler.Action) error {
	switch a := a.(type) {
	case scheduler.LaunchTasks:
		for _, r := range a.Ranges {
			for i := r.First; i < r.First+r.Count; i++ {
				p.launch(p.byID[a.Executor], dag.Task{Stage: a.Stage, Partition: i, Attempt: r.Attempt})
			}
		}
	case scheduler.KillTasks:
		for _, t := range a.Tasks {
			p.at(p.now+delay, func() error { return p.ended(p.byID[a.Executor], t, scheduler.Killed, 0) })
		}
	case scheduler.StageStarted:
		if s := p.jobOf(a.Stage); a.Attempt == 0 && !s.isMap(a.Stage) {
			s.waiting += s.reduces
		}
	case scheduler.JobFinished:
		if a.Err != nil {
			return a.Err
		}
		p.finished(&p.state[a.Job])
	case scheduler.WakeAt:
		p.wake = a.Time
		p.at(a.Time, func() error {
			if p.wake != a.Time {
				return nil
			}
			return p.step(scheduler.Tick{})
		})
	}
	return nil
}

// delay is the way of a message between driver and executor.
const delay = 2 * time.Millisecond

// launch runs a task on an executor.
func (p *play) launch(x *node, t dag.Task) {
	s := p.jobOf(t.Stage)
	isMap := s.isMap(t.Stage)
	d := p.base(s.job, isMap, t.Partition, t.Attempt)
	if isMap {
		cost := p.cluster.cost(x.at, s.blocks[t.Partition])
		d = time.Duration(float64(d) * cost)
		s.mapRuns++
		if cost == 1 {
			s.local++
		}
	}
	how := scheduler.Success
	if p.attemptFails(s.job, int32(t.Stage%2), t.Partition, t.Attempt) {
		how, d = scheduler.Failed, d/2
	}
	p.launched++
	s.running++
	s.waiting--
	x.running[t] = true
	p.at(p.now+d+2*delay, func() error { return p.ended(x, t, how, d) })
}

func (p *play) ended(x *node, t dag.Task, how scheduler.Outcome, d time.Duration) error {
	if x.lost || !x.running[t] {
		return nil
	}
	delete(x.running, t)
	s := p.jobOf(t.Stage)
	s.running--
	if how != scheduler.Success {
		s.waiting++
	}
	return p.step(scheduler.TasksEnded{
		Executor: x.id, Ends: []scheduler.TaskEnd{{Task: t, Outcome: how, Duration: d}},
	})
}

func (p *play) finished(s *jobState) {
	s.end = p.now
	p.over++
	for i, o := range p.active {
		if o == s {
			p.active = append(p.active[:i], p.active[i+1:]...)
			return
		}
	}
}

// events is a heap by time, then by the order in which they were set.
type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].sequence < e[j].sequence
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }

// Push adds an event, for package heap.
func (e *events) Push(x any) { *e = append(*e, x.(event)) }

// Pop takes the last one, for package heap.
func (e *events) Pop() any {
	old := *e
	last := old[len(old)-1]
	old[len(old)-1] = event{}
	*e = old[:len(old)-1]
	return last
}
