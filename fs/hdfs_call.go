package fs

import (
	"context"
	"errors"
	iofs "io/fs"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/colinmarc/hdfs/v2"
)

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
