package auxservice

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/shuffle"
)

// serving is all that runs between Configure and Close.
type serving struct {
	apps   *applications
	files  *shuffle.Files
	server *shuffle.Server
	port   int
	cancel context.CancelFunc
	ended  sync.WaitGroup
	failed error // of the server, once ended
}

const (
	// grace is for answers under way at the end: the NodeManager's part waits two seconds
	// before it kills.
	grace     = time.Second
	sweepTime = 10 * time.Second
)

// serve opens the port and starts to serve on it.
func serve(c *ConfigureRequest, log hclog.Logger) (*serving, error) {
	open, err := descriptors()
	if err != nil {
		return nil, err
	}
	l := newLimits(c, open)
	listener, err := net.Listen("tcp", net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port))))
	if err != nil {
		return nil, fmt.Errorf("listen for shuffle data: %w", err)
	}
	s := &serving{port: listener.Addr().(*net.TCPAddr).Port}
	s.files = shuffle.NewFiles(l.files, l.memory/2)
	s.apps = newApplications(s.files, c.LocalDirs)
	s.server, err = shuffle.NewServer(shuffle.ServerConfig{
		Listener: listener, Applications: s.apps, Conns: l.connections, Share: l.share,
		Memory: l.memory / 4, Grace: grace, Log: log,
	})
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.ended.Go(func() { s.failed = s.server.Serve(ctx) })
	s.ended.Go(func() { s.sweep(ctx) })
	return s, nil
}

// sweep closes what nobody reads any more, now and then.
func (s *serving) sweep(ctx context.Context) {
	ticker := time.NewTicker(sweepTime)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			s.files.Sweep(now)
		case <-ctx.Done():
			return
		}
	}
}

// close stops and waits for everything.
func (s *serving) close() error {
	s.cancel()
	s.ended.Wait()
	s.apps.closeFiles()
	return s.failed
}
