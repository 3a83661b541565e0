package scheduler

import "time"

// run is one launched task until its end is known. Runs are in two lists, so that losing an
// executor or stopping a stage touches only what is theirs.
type run struct {
	stage        *stage
	at           time.Duration
	index        int32
	attempt      int32
	stageAttempt int32
	executor     int32
	self         int32 // its place in the table

	nextOfExecutor, prevOfExecutor int32
	nextOfStage, prevOfStage       int32

	killed bool // told to stop: its success does not count; runs.stopped says why
	// stale: the executor's outputs were given up while it ran, so that its own would be
	// where nobody can fetch it.
	stale bool
	// recalled: asked for if it has not begun. It is live, and counts if it succeeds.
	recalled bool
	twin     bool    // a copy of a slow task
	wanted   bool    // it was found slow, and a copy of it is wanted
	rate     float64 // records a second, as last told; 0: not known
	near     Locality
}

// runs keeps all runs in one slice and reuses the places of ended ones.
type runs struct {
	table   []run
	spare   []int32
	stopped map[int32]string // why killed runs were told to stop
}

func (t *runs) add(r run) int32 {
	if n := len(t.spare); n > 0 {
		i := t.spare[n-1]
		t.spare = t.spare[:n-1]
		t.table[i] = r
		return i
	}
	t.table = append(t.table, r)
	return int32(len(t.table) - 1)
}

// startRun launches a pending partition on an executor whose slot is already counted.
func (m *Machine) startRun(s *stage, index, x int32, near Locality) {
	s.parts.where[index] = m.addRun(s, index, x, near)
	s.parts.state[index] = partRunning
	s.pending.n--
	if s.queued {
		s.profile.pending--
	}
}

// addRun puts a new run into its lists.
func (m *Machine) addRun(s *stage, index, x int32, near Locality) int32 {
	e := &m.cluster.executors[x]
	r := m.runs.add(run{
		stage: s, index: index, attempt: s.parts.attempts[index], stageAttempt: s.attempt,
		executor: x, at: m.now, near: near,
		nextOfExecutor: none, prevOfExecutor: e.lastRun,
		nextOfStage: s.firstRun, prevOfStage: none,
	})
	if e.lastRun == none {
		e.firstRun = r
	} else {
		m.runs.table[e.lastRun].nextOfExecutor = r
	}
	e.lastRun = r
	if s.firstRun == none {
		s.lastRun = r
	} else {
		m.runs.table[s.firstRun].prevOfStage = r
	}
	s.firstRun = r
	s.runs++
	s.live++
	s.profile.running++
	s.parts.attempts[index]++
	m.runs.table[r].self = r
	m.slow.changed = true
	return r
}

// endRun forgets a run and frees its slot. It returns what the run was.
func (m *Machine) endRun(r int32) run {
	old := m.runs.table[r]
	m.unlinkExecutor(&old)
	m.unlinkStage(&old)
	m.runs.table[r] = run{}
	if old.killed {
		delete(m.runs.stopped, r)
	}
	m.runs.spare = append(m.runs.spare, r)
	m.releaseSlot(&old)
	return old
}

func (m *Machine) unlinkExecutor(old *run) {
	e := &m.cluster.executors[old.executor]
	if old.prevOfExecutor == none {
		e.firstRun = old.nextOfExecutor
	} else {
		m.runs.table[old.prevOfExecutor].nextOfExecutor = old.nextOfExecutor
	}
	if old.nextOfExecutor == none {
		e.lastRun = old.prevOfExecutor
	} else {
		m.runs.table[old.nextOfExecutor].prevOfExecutor = old.prevOfExecutor
	}
}

func (m *Machine) unlinkStage(old *run) {
	s := old.stage
	if old.prevOfStage == none {
		s.firstRun = old.nextOfStage
	} else {
		m.runs.table[old.prevOfStage].nextOfStage = old.nextOfStage
	}
	if old.nextOfStage == none {
		s.lastRun = old.prevOfStage
	} else {
		m.runs.table[old.nextOfStage].prevOfStage = old.prevOfStage
	}
	s.runs--
	s.profile.running--
	if !old.killed {
		s.live--
	}
}

func (m *Machine) releaseSlot(old *run) {
	e := &m.cluster.executors[old.executor]
	if e.queued > 0 { // its slot is the next one's, which takes as much
		e.queued--
	} else {
		m.fair.occupy(old.stage, -1)
		e.take(old.stage.profile, -1)
	}
	e.load--
	m.watchQueue(old.executor)
	if !old.recalled {
		e.ended = m.now
	}
	if e.short != old.stage {
		e.others--
	}
	m.freed(old.executor)
}

// freed notes that an executor may take more than at the last offer.
func (m *Machine) freed(x int32) {
	e := &m.cluster.executors[x]
	if !e.dirty && e.alive {
		e.dirty = true
		m.offers.dirty = append(m.offers.dirty, x)
	}
	m.fix(x)
}
