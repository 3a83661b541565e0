package simulated

import (
	"math/rand/v2"
	"time"
)

// service models the shuffle service of a host. It reads the files of all executors that are or
// were there; the files themselves stay in each executor's store (store.go):
//
//	restarts          away for less than the readers' patience: nothing is lost
//	dies for good     what it kept is lost; executors that start later serve themselves
//	dies with a host  the files go too; it is back with the host, and knows nothing
type service struct {
	planned bool // the host is set up with one
	there   bool
	away    time.Duration // restarting until then
	blamed  bool          // some fault explains that outputs on this host cannot be read
	started time.Duration // for the last time
}

// The patience of readers with a service, in tries a second apart, and the longest restart.
const (
	serviceTries   = 6
	serviceRestart = 4 * time.Second
)

// drawServices gives half of all worlds a service on most hosts.
func (y *yarn) drawServices(r *rand.Rand) {
	some := r.IntN(2) == 0
	for h := range y.hosts {
		there := some && r.IntN(5) > 0
		y.hosts[h].service = service{planned: there, there: there}
	}
}

// serveAll gives every host a service.
func (y *yarn) serveAll() {
	for h := range y.hosts {
		y.hosts[h].service = service{planned: true, there: true}
	}
}

// serves says whether the service of a host answers now.
func (y *yarn) serves(h int) bool {
	s := &y.hosts[h].service
	return s.there && !y.hosts[h].down && y.world.now >= s.away
}

// strikeService restarts a service, or ends it. Restarts that follow each other more closely than
// readers are patient would be more than one restart.
func (w *world) strikeService(f *fault) bool {
	h := f.pick % hostCount
	s := &w.yarn.hosts[h].service
	if !w.yarn.serves(h) {
		return false
	}
	if f.kind == faultService {
		s.there, s.blamed = false, true
		w.truth.losses++
		return true
	}
	if s.started > 0 && w.now-s.started < serviceTries*time.Second {
		return false
	}
	s.away = w.now + f.long%serviceRestart
	s.started = s.away
	if w.options.breaks.forgetfulService {
		w.wipeHost(h)
	}
	return true
}

// wipeHost takes the files of all executors that are or were on a host.
func (w *world) wipeHost(h int) {
	for _, e := range w.driver.processes {
		if e.container.host == h {
			e.outputs = nil
		}
	}
}

// findService is an executor's question at its start whether its host has a service.
func (e *executor) findService() {
	s := e.world.yarn.hosts[e.container.host].service
	e.served = s.there || !s.planned && e.world.options.breaks.namesNoService
}

// readable says whether an output can be asked for now, at the service or at its executor.
func (e *executor) readable(from place, owner *executor) bool {
	if from.service {
		return e.world.yarn.serves(owner.container.host)
	}
	return e.reaches(owner)
}

// patience is how often a place is asked again before it is blamed.
func (e *executor) patience(from place) int {
	if from.service && !e.world.options.breaks.impatient {
		return serviceTries
	}
	return fetchTries
}
