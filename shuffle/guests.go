package shuffle

import (
	"container/list"
	"net"
	"sync"
	"time"
)

// guest is a connection that a server holds.
type guest struct {
	net.Conn
	tenant *tenant       // whose it is; nil before the proof
	place  *list.Element // in guests.unproved or guests.idle; nil while it is busy
}

// tenant is an application that has connections.
type tenant struct {
	app    string
	guests map[*guest]struct{}
	queue  queue // of its answers, for the turnstile
	// What it holds of the server's rooms, which guard these.
	requestRoom, headRoom int64
}

// guests are a server's connections. Unproved ones are held in the order in which they came,
// idle ones in the order in which they became idle: of each kind the first goes when there are
// too many.
type guests struct {
	mu struct {
		sync.Mutex
		all            map[*guest]struct{}
		tenants        map[string]*tenant
		unproved, idle list.List // of *guest
		stopping       bool
	}
}

func (s *guests) init() {
	s.mu.all = map[*guest]struct{}{}
	s.mu.tenants = map[string]*tenant{}
}

// enter begins to hold a connection whose application is not known yet. Where there are more
// than limit of those the oldest is closed: a proof takes milliseconds, and who only pretends
// to begin one must not keep others out.
func (s *guests) enter(conn net.Conn, limit int) (*guest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mu.stopping {
		return nil, net.ErrClosed
	}
	g := &guest{Conn: conn}
	s.mu.all[g] = struct{}{}
	g.place = s.mu.unproved.PushBack(g)
	if s.mu.unproved.Len() > limit {
		s.mu.unproved.Front().Value.(*guest).Close()
	}
	return g, nil
}

// admit makes a connection the application's, unless that has its share of connections.
func (s *guests) admit(g *guest, app string, share int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.displace(g)
	t := s.mu.tenants[app]
	if t == nil {
		t = &tenant{app: app, guests: map[*guest]struct{}{}}
		s.mu.tenants[app] = t
	}
	if len(t.guests) >= share {
		return ErrBusy
	}
	g.tenant = t
	t.guests[g] = struct{}{}
	return nil
}

// displace takes a connection off the list that it is on.
func (s *guests) displace(g *guest) {
	switch {
	case g.place == nil:
		return
	case g.tenant == nil:
		s.mu.unproved.Remove(g.place)
	default:
		s.mu.idle.Remove(g.place)
	}
	g.place = nil
}

// leave forgets a connection.
func (s *guests) leave(g *guest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.displace(g)
	delete(s.mu.all, g)
	if g.tenant == nil {
		return
	}
	delete(g.tenant.guests, g)
	if len(g.tenant.guests) == 0 {
		delete(s.mu.tenants, g.tenant.app)
	}
}

// rest says that a connection waits for a request, for so long at most.
func (s *guests) rest(g *guest, d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mu.stopping {
		return net.ErrClosed
	}
	g.place = s.mu.idle.PushBack(g)
	return g.SetReadDeadline(time.Now().Add(d))
}

// wake says that a request has begun, which must be whole within d.
func (s *guests) wake(g *guest, d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.displace(g)
	if s.mu.stopping {
		return nil // the deadline has passed already
	}
	return g.SetReadDeadline(time.Now().Add(d))
}

// closeIdlest closes the connection that has been idle for longest, if any is.
func (s *guests) closeIdlest() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if first := s.mu.idle.Front(); first != nil {
		first.Value.(*guest).Close()
	}
}

// stop ends proofs and the wait for further requests; answers under way go on.
func (s *guests) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.stopping = true
	for g := range s.mu.all {
		if g.tenant == nil {
			g.Close()
			continue
		}
		g.SetReadDeadline(time.Unix(1, 0))
	}
}

// closeAll ends everything.
func (s *guests) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for g := range s.mu.all {
		g.Close()
	}
}

// disconnect ends one application's connections.
func (s *guests) disconnect(app string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.mu.tenants[app]; t != nil {
		for g := range t.guests {
			g.Close()
		}
	}
}

// count returns the number of connections.
func (s *guests) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.mu.all)
}
