package simulated

import "time"

// link joins an executor and the driver: a stream in each direction, in order and without loss
// until it breaks, and questions beside them that may be lost, doubled and overtake each other.
type link struct {
	cut  time.Duration // nothing arrives before
	last [2]time.Duration
}

// direction is the way of a message.
type direction int

const (
	up   direction = iota // to the driver
	down                  // to the executor
)

// weather is the state of the whole network.
type weather struct {
	slowUntil time.Duration // messages take a hundred times as long
	doubled   float64       // chance that a message arrives twice
	lost      float64       // chance that a question or its answer does not arrive
	reordered float64       // chance that news to the driver overtakes older news
}

// latency is the way of one message.
func (w *world) latency() time.Duration {
	d := 200*time.Microsecond + w.upTo(3*time.Millisecond)
	if w.now < w.weather.slowUntil {
		d *= 100
	}
	return d
}

// send puts a message on a stream. News to the driver may come twice or out of order, which is
// more than a stream does: the machine promises not to mind.
func (w *world) send(l *link, way direction, arrive func()) {
	t := w.now + w.latency()
	if l.cut > w.now {
		t += l.cut - w.now
	}
	if way == down || !w.chance(w.weather.reordered) {
		t = max(t, l.last[way]+1)
		l.last[way] = w.at(t, arrive)
	} else {
		w.hit(faultReorder)
		w.at(t+w.upTo(200*time.Millisecond), arrive)
	}
	if way == up && w.chance(w.weather.doubled) {
		w.hit(faultDouble)
		w.at(t+w.upTo(2*time.Second), arrive)
	}
}

// question is a call of the driver by an executor, and its answer.
type question struct {
	world    *world
	executor *executor
	ask      func(reply func(answer func())) // runs at the driver
	fail     func()                          // nobody answered
	tries    int
	answered bool
}

// The pace of questions.
const (
	questionTimeout = 2 * time.Second
	questionTries   = 6
)

// call asks the driver, again and again until an answer comes.
func (w *world) call(e *executor, ask func(reply func(answer func())), fail func()) {
	q := &question{world: w, executor: e, ask: ask, fail: fail}
	q.try()
}

func (q *question) try() {
	if q.answered {
		return
	}
	if q.tries == questionTries {
		q.answered = true
		q.fail()
		return
	}
	q.tries++
	q.carry(func() { q.ask(func(answer func()) { q.carry(func() { q.take(answer) }) }) })
	q.executor.after(questionTimeout, q.try)
}

// carry moves a question or an answer.
func (q *question) carry(arrive func()) {
	w := q.world
	if w.chance(w.weather.lost) {
		w.hit(faultLose)
		return
	}
	t := w.now + w.latency()
	if cut := q.executor.link.cut; cut > w.now {
		t += cut - w.now
	}
	w.at(t, arrive)
	if w.chance(w.weather.doubled) {
		w.hit(faultDouble)
		w.at(t+w.upTo(time.Second), arrive)
	}
}

// take uses the first answer; later ones are of questions that were asked twice.
func (q *question) take(answer func()) {
	if q.answered || q.executor.dead {
		return
	}
	q.answered = true
	q.executor.do(answer)
}
