package scheduler

import "github.com/weft-data/weft/dag"

// topUp queues tasks behind the busy slots of executors that report fast, so that the next
// task starts without a round trip to the driver. Only short tasks are queued: the credit is
// what a slot runs in Config.QueueTime. Three rules keep it from doing harm: nothing queues
// before the stage's task time is known, nothing queues behind another stage's tasks, and no
// executor queues more than its slots' fair share of what remains. What waits behind a long task
// nevertheless is taken back (recall.go).
func (m *Machine) topUp(s *stage) {
	credit := m.credit(s)
	if credit == 0 || s.pending.n < s.profile.slots {
		return
	}
	at := m.topUpLevel(s)
	for _, x := range m.offers.dirty {
		m.topUpOne(s, x, credit, at)
	}
}

// topUpLevel is how far from their input queued tasks may be.
func (m *Machine) topUpLevel(s *stage) Locality {
	if s.plain() {
		return Any
	}
	return m.allowed(s)
}

func (m *Machine) topUpOne(s *stage, x int32, credit int, at Locality) {
	e := &m.cluster.executors[x]
	if !e.offered() || !s.profile.on(e) || e.room(s.profile) ||
		m.refuses(s, x) || !m.alone(s, x) || m.stalls(x) {
		return
	}
	share := min(credit, s.pending.n/s.profile.slots)
	for most := m.slotsFor(e, s.profile) * (1 + share); e.load < most; {
		index, found := m.take(s, x, at)
		if index == none {
			return
		}
		m.reserve(s, x)
		m.launch(s, index, x, found)
	}
}

// credit is how many tasks of the stage may queue for each slot.
func (m *Machine) credit(s *stage) int {
	if !s.measured || m.conf.QueueTime < 0 {
		return 0
	}
	most, queue := int64(m.conf.MaxCredit), m.conf.QueueTime
	if s.spec.Reduces >= dag.ManyReduces {
		most, queue = manyFold*most, manyFold*queue
	}
	if s.mean <= 0 {
		return int(most)
	}
	return int(min(most, int64(queue/s.mean)))
}

// manyFold lengthens the queue of a stage that writes for many reduces: what an executor runs in
// a row becomes one file, and the longer the row, the fewer blocks its readers read.
const manyFold = 8

// alone says whether an executor has only tasks of the stage. What it has is counted again
// when its last count was for another stage, at most once for each of its slots.
func (m *Machine) alone(s *stage, x int32) bool {
	e := &m.cluster.executors[x]
	if e.short != s && e.queued == 0 {
		e.short, e.others = s, 0
		for r := e.firstRun; r != none; r = m.runs.table[r].nextOfExecutor {
			if m.runs.table[r].stage != s {
				e.others++
			}
		}
	}
	return e.short == s && e.others == 0
}
