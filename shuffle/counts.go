package shuffle

import (
	"errors"
	"sync/atomic"
)

// ServerStats is what a Server has done so far, and what it holds now.
type ServerStats struct {
	Connections int   // open now
	Accepted    int64 // connections that were admitted
	Requests    int64
	Blocks      int64 // sent
	Bytes       int64 // sent, heads of answers included
	// What was not served: items that were not there, whose index was damaged, that could not
	// be read; requests that were malformed; connections that proved nothing, or that came
	// when their application had its share.
	NotFound, Corrupt, Failed, Refused, Unproved, Busy int64
}

// counts is what a server counts. Fields are added to by all sessions.
type counts struct {
	accepted, requests, blocks, bytes atomic.Int64
	failures                          [statusFailed + 1]atomic.Int64
	unproved, busy                    atomic.Int64
}

// served counts a request that was answered to the end, but for some blocks.
func (c *counts) served(q request, lost int) {
	blocks := -lost
	for _, it := range q.items {
		blocks += it.count
	}
	c.requests.Add(1)
	c.blocks.Add(int64(blocks))
}

func (c *counts) failed(s status) { c.failures[s].Add(1) }

// refused counts a connection that was not admitted.
func (c *counts) refused(err error) {
	if errors.Is(err, ErrBusy) {
		c.busy.Add(1)
		return
	}
	c.unproved.Add(1)
}

// Stats returns what the server has done so far.
func (s *Server) Stats() ServerStats {
	c := &s.counts
	return ServerStats{
		Connections: s.guests.count(),
		Accepted:    c.accepted.Load(),
		Requests:    c.requests.Load(),
		Blocks:      c.blocks.Load(),
		Bytes:       c.bytes.Load(),
		NotFound:    c.failures[statusNotFound].Load(),
		Corrupt:     c.failures[statusCorrupt].Load(),
		Failed:      c.failures[statusFailed].Load(),
		Refused:     c.failures[statusRefused].Load(),
		Unproved:    c.unproved.Load(),
		Busy:        c.busy.Load(),
	}
}
