package scheduler

import "time"

// A task may be long because it has much to read, and then a copy of it would be as long. So one
// that is slow by the clock gets no copy while it reads records about as fast as the stage's other
// tasks did, unless it runs very long (Spark TaskSetManager, speculation.efficiency).

// pace is how much the successful tasks of a stage read, and how long they took for it.
type pace struct {
	records int64
	time    time.Duration
}

// rate is in records a second; 0 where nobody counted.
func (p *pace) rate() float64 {
	if p.time <= 0 {
		return 0
	}
	return float64(p.records) / p.time.Seconds()
}

// countRead adds what a batch's successful tasks read.
func (m *Machine) countRead(list []StageRecords) {
	for _, r := range list {
		if s := m.stages[r.Stage]; s != nil && s.watched && r.Records > 0 {
			s.pace.records += r.Records
		}
	}
}

// tasksProgressed notes how fast running tasks read.
func (m *Machine) tasksProgressed(e TasksProgressed) {
	x, known := m.cluster.byID[e.Executor]
	if !known {
		return
	}
	for i := range e.Tasks {
		r := m.findRun(x, e.Tasks[i].Task)
		if r == none {
			continue
		}
		u := &m.runs.table[r]
		if age := m.now - u.at; age > 0 {
			u.rate = float64(e.Tasks[i].Records) / age.Seconds()
			m.slow.changed = true
		}
	}
}

// efficient says how old a task must be to be slow although it reads at its stage's pace, and
// whether it does. Where nobody counts records, no task does.
func (m *Machine) efficient(u *run, after time.Duration) (longRun time.Duration, ok bool) {
	c, rate := &m.conf.Speculation, u.stage.pace.rate()
	if c.NoEfficiency || rate == 0 || !m.comparable(u.stage) || u.rate < rate*c.RateMultiplier {
		return 0, false
	}
	longRun = scale(after, c.LongRunFactor)
	return longRun, m.now-u.at < longRun
}
