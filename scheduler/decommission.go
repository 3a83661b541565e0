package scheduler

// executorDecommissioning takes an executor out of all offers. Blocks and hosts that only it
// serves are no reason to wait any more; what it runs goes on.
func (m *Machine) executorDecommissioning(e ExecutorDecommissioning) {
	x, known := m.cluster.byID[e.Executor]
	if known && m.cluster.executors[x].stays() {
		m.leave(x)
		m.cluster.executors[x].leaving = true
		m.takeBack(x, "its executor is being decommissioned")
	}
}

// stays says whether an executor lives and is not told to go.
func (e *executor) stays() bool { return e.alive && !e.leaving }

// offered says whether an executor may get tasks when it has room.
func (e *executor) offered() bool { return e.stays() && !e.excluded }

// leave lets an executor that stays count no more where tasks are placed.
func (m *Machine) leave(x int32) {
	c, e := &m.cluster, &m.cluster.executors[x]
	m.leftApplication(x)
	if !e.stays() {
		return
	}
	c.living--
	for _, p := range e.profile.serves {
		m.lost(p, e)
		p.free.remove(x)
	}
	m.exclusions.changed = true
}

// expected says whether a fetch failure is about an executor that was told to go: news that was
// announced is no sign that the stage cannot succeed.
func (m *Machine) expected(f *FetchFailure) bool {
	if f == nil || m.conf.CountDecommissioned {
		return false
	}
	x, known := m.cluster.byID[f.Executor]
	return known && m.cluster.executors[x].leaving
}
