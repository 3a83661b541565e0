package fs

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/colinmarc/hdfs/v2"
	"github.com/colinmarc/hdfs/v2/hadoopconf"
)

// hdfsFS is one cluster's HDFS. It keeps at most one connection to the NameNode in use, shared by
// all, and closes it when nobody has used it for a while: an open client renews leases every
// second, even of no file.
type hdfsFS struct {
	authority string
	r         *Resolver
	options   hdfs.ClientOptions
	dial      *dialer
	calls     sync.WaitGroup // goroutines of call

	replication int
	blockSize   int64

	mu struct {
		sync.Mutex
		closed  bool
		current *session // nil: none connected
		locator locator
	}
	connecting sync.Mutex // held while a session is made; taken before mu
}

// A session is one hdfs.Client and how many use it now. Its fields belong to hdfsFS.mu.
type session struct {
	client  *hdfs.Client
	users   int
	retired bool        // broken: closed by its last user
	idle    *time.Timer // runs while there are no users
}

func newHDFS(r *Resolver, authority string) (*hdfsFS, error) {
	addresses, err := r.hadoop.Namenodes(authority)
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(r.hadoop.Get("hadoop.security.authentication"), "kerberos") {
		return nil, fmt.Errorf("hdfs://%s: the cluster asks for Kerberos (%s), which weft cannot "+
			"do yet", authority, r.hadoop.Explain("hadoop.security.authentication").Source)
	}
	h := &hdfsFS{authority: authority, r: r, dial: newDialer(r.timeout)}
	if h.replication, err = r.hadoop.Replication(); err != nil {
		return nil, err
	}
	size, err := r.hadoop.BlockSize()
	if err != nil {
		return nil, err
	}
	h.blockSize = int64(size)
	h.options = hdfs.ClientOptionsFromConf(hadoopconf.HadoopConf{
		"dfs.data.transfer.protection": r.hadoop.DataTransferProtection(),
		"dfs.encrypt.data.transfer":    r.hadoop.Get("dfs.encrypt.data.transfer"),
	})
	h.options.Addresses = addresses
	h.options.User = r.user
	h.options.UseDatanodeHostname = r.hadoop.UseDatanodeHostname()
	h.options.NamenodeDialFunc = h.dial.namenode
	h.options.DatanodeDialFunc = h.dial.datanode
	return h, nil
}

func inSession[T any](h *hdfsFS, f func(*session) (T, error)) (T, error) {
	s, err := h.acquire()
	if err != nil {
		var zero T
		return zero, err
	}
	v, err := f(s)
	h.release(s, broken(err))
	return v, err
}

// acquire takes the current session, or connects.
func (h *hdfsFS) acquire() (*session, error) {
	h.connecting.Lock()
	defer h.connecting.Unlock()
	h.mu.Lock()
	if h.mu.closed {
		h.mu.Unlock()
		return nil, errClosed
	}
	if s := h.mu.current; s != nil {
		s.use()
		h.mu.Unlock()
		return s, nil
	}
	h.mu.Unlock()

	client, err := hdfs.NewClient(h.options)
	if err != nil {
		return nil, errConnect{fmt.Errorf("reach NameNode %s (tried for %v): %w; is it running, "+
			"and is the address right?", strings.Join(h.options.Addresses, ", "), patience, err)}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.mu.closed {
		return nil, errors.Join(errClosed, client.Close())
	}
	s := &session{client: client, users: 1}
	h.mu.current = s
	return s, nil
}

func (s *session) use() {
	s.users++
	if s.idle != nil {
		s.idle.Stop()
		s.idle = nil
	}
}

// release gives a session back. A broken one is not given out again: the library would leave its
// NameNode alone for 5 s, while a new client connects at once.
func (h *hdfsFS) release(s *session, broken bool) {
	h.mu.Lock()
	s.users--
	if broken {
		s.retired = true
		if h.mu.current == s {
			h.mu.current = nil
		}
	}
	last := s.users == 0
	end := last && (s.retired || h.mu.closed)
	if last && !end {
		s.idle = time.AfterFunc(h.r.idle, func() { h.expire(s) })
	}
	h.mu.Unlock()
	if end {
		_ = s.client.Close()
	}
}

// expire closes a session that nobody took up again.
func (h *hdfsFS) expire(s *session) {
	h.mu.Lock()
	if s.users > 0 || h.mu.current != s {
		h.mu.Unlock()
		return
	}
	h.mu.current = nil
	h.mu.Unlock()
	_ = s.client.Close()
}

// close ends all connections and waits for the calls under way, which fail.
func (h *hdfsFS) close() error {
	h.mu.Lock()
	h.mu.closed = true
	s := h.mu.current
	h.mu.current = nil
	idle := s != nil && s.users == 0
	if idle && s.idle != nil {
		s.idle.Stop()
	}
	l := h.mu.locator
	h.mu.locator = nil
	h.mu.Unlock()

	h.dial.closeAll()
	var err error
	if idle {
		_ = s.client.Close() // its connection is closed already
	}
	if l != nil {
		err = l.Close()
	}
	h.calls.Wait()
	return err
}
