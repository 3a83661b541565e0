package shuffle

import (
	"bytes"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
)

// Strangers who prove nothing are warned of with their addresses, once in a period.
func TestFailedProofsAreWarnedOfSeldom(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := &Server{ServerConfig: ServerConfig{Log: hclog.New(&hclog.LoggerOptions{Output: &log})}}
	s.strangers.period = time.Hour
	for i := range 5 {
		s.refused(&net.TCPAddr{IP: net.IPv4(10, 0, 0, byte(i)), Port: 7}, ErrProof)
	}
	s.refused(&net.TCPAddr{IP: net.IPv4(10, 0, 0, 9), Port: 7}, ErrBusy)
	if out := log.String(); strings.Count(out, "[WARN]") != 1 || !strings.Contains(out, "10.0.0.0:7") {
		t.Errorf("log: %s", out)
	}
	if got := s.Stats(); got.Unproved != 5 || got.Busy != 1 {
		t.Errorf("%+v", got)
	}
	if kept, ok := s.strangers.pass(time.Now().Add(time.Hour)); !ok || kept != 4 {
		t.Errorf("%d kept back, %v", kept, ok)
	}
}
