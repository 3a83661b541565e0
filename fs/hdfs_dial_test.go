package fs

import (
	"context"
	"errors"
	"fmt"
	"io"
	iofs "io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// silent is a server that accepts connections and says nothing.
func silent(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan net.Conn, 16)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
		close(accepted)
		for c := range accepted {
			c.Close()
		}
	})
	return l.Addr().String()
}

func dialed(t *testing.T, d *dialer) net.Conn {
	t.Helper()
	c, err := d.datanode(t.Context(), "tcp", silent(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// Who waits for an answer in vain ends the connection for those who write to it.
func TestSilentConnectionEnds(t *testing.T) {
	c := dialed(t, newDialer(10*time.Millisecond))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("read: %v", err)
	}
	if _, err := c.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("write after that: %v", err)
	}
}

// The deadline of a file carries its context to the connection: its end ends a read under way.
func TestContextReachesConnection(t *testing.T) {
	d := newDialer(time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	deadline, forget := d.register(ctx)
	defer forget()
	c := dialed(t, d)
	if err := c.SetDeadline(deadline); err != nil {
		t.Fatal(err)
	}
	read := make(chan error)
	go func() {
		_, err := c.Read(make([]byte, 1))
		read <- err
	}()
	cancel()
	if err := <-read; !errors.Is(err, context.Canceled) {
		t.Errorf("read ended with %v", err)
	}
}

func TestSilentPeerIsNamed(t *testing.T) {
	c := dialed(t, newDialer(10*time.Millisecond))
	_, err := c.Read(make([]byte, 1))
	silent := c.RemoteAddr().String() + " did not answer for 10ms"
	if err == nil || !strings.Contains(err.Error(), silent) {
		t.Errorf("error %v", err)
	}
}

func TestForgottenFile(t *testing.T) {
	d := newDialer(time.Hour)
	deadline, forget := d.register(t.Context())
	if d.file(deadline) == nil {
		t.Error("a registered file is unknown")
	}
	forget()
	if d.file(deadline) != nil || d.file(time.Time{}) != nil {
		t.Error("a file that was forgotten is known")
	}
}

func TestCloseAllBreaksConnections(t *testing.T) {
	d := newDialer(time.Hour)
	c := dialed(t, d)
	d.closeAll()
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("read from a closed connection")
	}
	if _, err := d.datanode(t.Context(), "tcp", silent(t)); !errors.Is(err, errClosed) {
		t.Errorf("dialed after the end: %v", err)
	}
}

func TestBrokenOrAnswer(t *testing.T) {
	path := func(err error) error { return &iofs.PathError{Op: "x", Path: "/p", Err: err} }
	for _, c := range []struct {
		err                  error
		broken, once, always bool // worthRetry(err, once), worthRetry(err, again)
	}{
		{nil, false, false, false},
		{path(os.ErrNotExist), false, false, false},
		{path(os.ErrExist), false, false, false},
		{path(os.ErrPermission), false, false, false},
		{path(syscall.ENOTEMPTY), false, false, false},
		{path(errors.New("the file is not a directory")), false, false, false},
		{errClosed, false, false, false},
		{path(io.EOF), true, false, true},
		{path(syscall.ECONNRESET), true, false, true},
		{path(fmt.Errorf("%s: refused", noNamenode)), true, true, true},
		{errConnect{syscall.ECONNREFUSED}, true, true, true},
	} {
		if got := broken(c.err); got != c.broken {
			t.Errorf("broken(%v) = %v", c.err, got)
		}
		if got := worthRetry(c.err, once); got != c.once {
			t.Errorf("worthRetry(%v, once) = %v", c.err, got)
		}
		if got := worthRetry(c.err, again); got != c.always {
			t.Errorf("worthRetry(%v, again) = %v", c.err, got)
		}
	}
}

// A NameNode that never answers holds nobody longer than the context, and Close does not wait for
// its timeout.
func TestSilentNamenode(t *testing.T) {
	r := Resolve(nil, "ann", WithTimeout(time.Hour))
	f, p, err := r.FS("hdfs://" + silent(t) + "/x")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	for name, call := range map[string]func() error{
		"stat":   func() error { _, err := f.Stat(ctx, p); return err },
		"create": func() error { _, err := f.Create(ctx, p); return err },
		"open":   func() error { _, err := f.Open(ctx, p); return err },
		"rename": func() error { return f.Rename(ctx, p, "/y") },
		"blocks": func() error { _, err := f.Blocks(ctx, p); return err },
	} {
		if err := call(); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := f.Stat(t.Context(), p); !errors.Is(err, errClosed) {
		t.Errorf("stat after close: %v", err)
	}
}

func TestRemoteErrors(t *testing.T) {
	for class, want := range map[string]error{
		"java.io.FileNotFoundException":                            ErrNotExist,
		"org.apache.hadoop.security.AccessControlException":        ErrPermission,
		"org.apache.hadoop.fs.FileAlreadyExistsException":          ErrExist,
		"org.apache.hadoop.hdfs.server.namenode.SafeModeException": nil,
	} {
		err := error(&RemoteError{Class: class, Message: "m"})
		for _, sentinel := range []error{ErrNotExist, ErrPermission, ErrExist} {
			if got := errors.Is(err, sentinel); got != errors.Is(want, sentinel) {
				t.Errorf("%s is %v: %v", class, sentinel, got)
			}
		}
	}
}
