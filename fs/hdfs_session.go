package fs

import (
	"context"
	"errors"
	"fmt"
	iofs "io/fs"
	"os"
	"strings"
	"sync"
	"syscall"
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

// retry says whether a call may be made again when its connection broke in the middle.
type retry bool

const (
	once  retry = false
	again retry = true
)

const (
	// patience is how long calls are tried again while no NameNode can be reached. The library
	// leaves a NameNode that failed alone for 5 s, so it must be a good deal longer.
	patience     = 12 * time.Second
	firstPause   = 5 * time.Millisecond // of a connection that broke, the next is mostly good
	longestPause = 500 * time.Millisecond
)

// abandoned is a result that must be given back when nobody took it.
type abandoned interface{ abandon() }

// call makes one call with a session. The library knows no contexts, so the call runs in a
// goroutine; when ctx ends first, call returns and close waits for the goroutine, whose connection
// ends by its own timeout or by close.
func call[T any](ctx context.Context, h *hdfsFS, r retry, f func(*session) (T, error)) (T, error) {
	deadline := time.Now().Add(patience)
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		v, err := callOnce(ctx, h, f)
		if !worthRetry(err, r) || time.Now().After(deadline) || ctx.Err() != nil {
			return v, err
		}
		h.r.log.Debug("retry HDFS call", "namenode", h.authority, "error", err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return v, ctx.Err()
		}
	}
}

func callOnce[T any](ctx context.Context, h *hdfsFS, f func(*session) (T, error)) (T, error) {
	type result struct {
		v   T
		err error
	}
	done := make(chan result)
	h.calls.Go(func() {
		v, err := inSession(h, f)
		select {
		case done <- result{v, err}:
		case <-ctx.Done():
			if a, ok := any(v).(abandoned); ok && err == nil {
				a.abandon()
			}
		}
	})
	select {
	case res := <-done:
		return res.v, res.err
	case <-ctx.Done():
		var zero T
		return zero, ctx.Err()
	}
}

// errConnect marks that no NameNode could be reached, so that nothing has happened there.
type errConnect struct{ err error }

func (e errConnect) Error() string { return e.err.Error() }
func (e errConnect) Unwrap() error { return e.err }

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

// worthRetry tells trouble on the way from an answer.
func worthRetry(err error, r retry) bool {
	var connect errConnect
	if errors.As(err, &connect) || (err != nil && strings.Contains(err.Error(), noNamenode)) {
		return true
	}
	return bool(r) && (broken(err) || busy(err))
}

// noNamenode is in the text of the library's error for a NameNode it leaves alone. It has no type.
const noNamenode = "no available namenodes"

// busy reports an answer that asks to come back: the NameNode starts or changes sides.
func busy(err error) bool {
	var remote hdfs.Error
	return errors.As(err, &remote) &&
		strings.HasSuffix(remote.Exception(), ".ipc.RetriableException")
}

// broken reports whether the error means that the connection is no good any more: it is neither
// the NameNode's answer nor our own.
func broken(err error) bool {
	if err == nil || errors.Is(err, errClosed) {
		return false
	}
	var remote hdfs.Error
	if errors.As(err, &remote) || hdfs.IsErrReplicating(err) {
		return false
	}
	for _, answer := range []error{os.ErrNotExist, os.ErrExist, os.ErrPermission, os.ErrInvalid,
		syscall.ENOTEMPTY} {
		if errors.Is(err, answer) {
			return false
		}
	}
	var at *iofs.PathError
	if errors.As(err, &at) && strings.Contains(at.Err.Error(), "directory") {
		return false // "is a directory", "the file is not a directory"
	}
	return true
}
