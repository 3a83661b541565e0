package simulated

import (
	"testing"
	"time"

	"github.com/weft-data/weft/scheduler"
)

// TestServedOutputs plays what happens to executors and services while the result stage reads, in
// worlds where every host has a service: only what a service no longer has runs again.
func TestServedOutputs(t *testing.T) {
	for name, c := range map[string]struct {
		strike func(*world)
		again  bool // map tasks run again
	}{
		"all executors end":         {strike: endAll},
		"the services restart":      {strike: restartAll},
		"both at once":              {strike: func(w *world) { restartAll(w); endAll(w) }},
		"the services die for good": {strike: endServices, again: true},
		"a host dies":               {strike: endHost, again: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(20) {
				checkServed(t, seed, c.strike, c.again)
			}
		})
	}
}

func checkServed(t *testing.T, seed uint64, strike func(*world), again bool) {
	t.Helper()
	maps := 0
	out := run(options{
		seed: seed, calm: true, served: true, program: oneJob(false, false),
		config: func(c *scheduler.Config) { c.Speculation = scheduler.Speculation{} },
		moment: func(w *world) func(moment, *executor, *task) {
			hit := once(w, func(m moment, _ *executor, t *task) bool {
				return m == atFetch && t.stage.spec.Result()
			}, func(*executor) { strike(w) })
			return func(m moment, e *executor, t *task) {
				if m == atStored {
					maps++
				}
				hit(m, e, t)
			}
		},
	})
	if out.err != nil || out.failed > 0 || out.hits[faultScheduled] == 0 {
		t.Errorf("seed %d: %d jobs failed, %d strikes; %v",
			seed, out.failed, out.hits[faultScheduled], out.err)
	}
	if maps > 8 != again {
		t.Errorf("seed %d: %d outputs were written, of 8 map tasks", seed, maps)
	}
}

func endAll(w *world) {
	for _, e := range w.alive() {
		w.yarn.complete(e.container, "preempted", false)
	}
}

func restartAll(w *world) {
	for h := range w.yarn.hosts {
		w.yarn.hosts[h].service.away = w.now + serviceRestart
	}
}

func endServices(w *world) {
	w.truth.losses++
	for h := range w.yarn.hosts {
		w.yarn.hosts[h].service.there, w.yarn.hosts[h].service.blamed = false, true
	}
}

// endHost loses the host of the first executor that wrote.
func endHost(w *world) {
	w.truth.losses++
	w.yarn.loseNode(w.writers()[0].container.host)
}

// TestServiceIsBackWithItsHost, and does not know what it had.
func TestServiceIsBackWithItsHost(t *testing.T) {
	w := newWorld(options{calm: true, served: true})
	w.yarn.loseNode(0)
	if w.yarn.serves(0) {
		t.Error("the service of a lost host answers")
	}
	w.yarn.hosts[1].service.there = false
	for w.step() {
		continue
	}
	if !w.yarn.serves(0) || w.yarn.serves(1) || w.now < nodeRestart || w.now > time.Minute {
		t.Errorf("at %s h0 serves: %v, h1: %v", w.now, w.yarn.serves(0), w.yarn.serves(1))
	}
}
