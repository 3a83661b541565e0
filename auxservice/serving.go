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
	log      hclog.Logger
	recovery *recovery
	apps     *applications
	files    *shuffle.Files
	server   *shuffle.Server
	metrics  *metrics

	port, metricsPort int
	warning           string // what does not work as asked

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

// serve opens the ports and starts to serve. died is called if the server ends by itself.
func serve(c *ConfigureRequest, log hclog.Logger, died func()) (*serving, error) {
	s := &serving{log: log}
	open, err := descriptors()
	if err != nil {
		return nil, err
	}
	if s.recovery, err = openRecovery(c.RecoveryDir); err != nil {
		s.warn("recovery", err)
	}
	apps, port := s.recovery.load()
	listener, err := s.listen(c, port)
	if err != nil {
		return nil, errors.Join(err, s.recovery.close())
	}
	l := newLimits(c, open)
	s.files = shuffle.NewFiles(l.files, l.memory/2)
	s.apps = newApplications(s.files, c.LocalDirs)
	for _, app := range apps {
		if _, err := s.apps.add(app); err != nil {
			s.warn("recovery", err)
		}
	}
	s.metrics = newMetrics(s)
	s.server, err = shuffle.NewServer(shuffle.ServerConfig{
		Listener: listener, Applications: s.apps, Conns: l.connections, Share: l.share,
		Memory: l.memory / 4, Grace: grace, Log: log, FirstByte: s.metrics.observe,
	})
	if err != nil {
		return nil, errors.Join(err, listener.Close(), s.recovery.close())
	}
	s.start(c, died)
	return s, nil
}

// warn tells people and the NodeManager what does not work as asked.
func (s *serving) warn(what string, err error) {
	s.log.Warn(what+" does not work as asked; serving goes on", "error", err)
	s.warning = err.Error()
}

// listen opens the data port: the one asked for, or else the one before the restart, where
// readers look for it, or else any.
func (s *serving) listen(c *ConfigureRequest, recovered int) (net.Listener, error) {
	port := int(c.Port)
	if port == 0 {
		port = recovered
	}
	l, err := net.Listen("tcp", net.JoinHostPort(c.Host, strconv.Itoa(port)))
	if err != nil && c.Port == 0 && port != 0 {
		s.warn("the port before the restart", err)
		l, err = net.Listen("tcp", net.JoinHostPort(c.Host, "0"))
	}
	if err != nil {
		return nil, fmt.Errorf("listen for shuffle data: %w", err)
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	if c.Port == 0 && s.port != recovered {
		if err := s.recovery.putPort(s.port); err != nil {
			s.warn("recovery", err)
		}
	}
	return l, nil
}

// start starts the goroutines.
func (s *serving) start(c *ConfigureRequest, died func()) {
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.ended.Go(func() {
		if s.failed = s.server.Serve(ctx); s.failed != nil {
			died()
		}
	})
	s.ended.Go(func() { s.sweep(ctx) })
	if c.MetricsPort == 0 {
		return
	}
	l, err := s.metrics.listen(c.Host, int(c.MetricsPort))
	if err != nil {
		s.warn("metrics", err)
		return
	}
	s.metricsPort = l.Addr().(*net.TCPAddr).Port
	s.ended.Go(func() {
		if err := s.metrics.serve(ctx, l); err != nil {
			s.log.Error("metrics ended", "error", err)
		}
	})
}

// add makes an application's files readable, and keeps its secret.
func (s *serving) add(app application) (added bool, err error) {
	added, err = s.apps.add(app)
	if !added {
		return false, err
	}
	if err := s.recovery.put(app); err != nil {
		s.log.Warn("application is not kept", "error", err)
	}
	return true, nil
}

// remove forgets an application, ends its connections and deletes its secret.
func (s *serving) remove(id string) (removed bool) {
	if !s.apps.remove(id) {
		return false
	}
	s.server.Disconnect(id)
	if err := s.recovery.remove(id); err != nil {
		s.log.Warn("application's secret is not deleted", "error", err)
	}
	return true
}

// sweep closes what nobody reads any more, now and then, and forgets applications that are gone.
func (s *serving) sweep(ctx context.Context) {
	gone := newAbsent(s.apps)
	ticker := time.NewTicker(sweepTime)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			s.files.Sweep(now)
			for _, id := range gone.find(now) {
				s.log.Info("application forgotten: its directories are gone", "application", id)
				s.remove(id)
			}
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
	return errors.Join(s.failed, s.recovery.close())
}
