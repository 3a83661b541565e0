package yarn

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/submit"
)

// A failure is a container whose executor could not be started.
type failure struct {
	id  containers.ID
	err error
}

// want replaces what is wanted.
func (l *loop) want(asks []containers.Ask) error {
	wanted, err := l.wanted(asks)
	if err != nil {
		return err
	}
	for _, a := range asks {
		l.sizes[a.Profile] = a.Resource
	}
	l.book.Want(wanted)
	l.changed = time.Now()
	l.endNowhere()
	return nil
}

// launch starts an executor beside the loop. Starting takes a node a few milliseconds, or ten
// seconds when it does not answer, so starts do not wait for each other.
func (l *loop) launch(id containers.ID, launch containers.Launch) error {
	h := l.held[id]
	if h == nil || h.released || !h.launched.IsZero() {
		return fmt.Errorf("start executor %d in %s: %w", launch.Executor, id, containers.ErrUnknown)
	}
	context, err := l.launchContext(launch)
	if err != nil {
		return fmt.Errorf("start executor %d in %s: %w", launch.Executor, id, err)
	}
	h.launched = time.Now()
	l.beside.Go(func() { l.start(h.Container, id, context) })
	return nil
}

// start asks the node to start a container, and tells the loop when it could not.
func (l *loop) start(c rmclient.Container, id containers.ID, launch rmclient.LaunchContext) {
	select {
	case l.starts <- struct{}{}:
		defer func() { <-l.starts }()
	case <-l.running.Done():
		return
	}
	request := []rmclient.StartRequest{{Container: c, Launch: launch}}
	started, err := l.nodes.Start(l.running, c.Node, request)
	for _, f := range started.Failed {
		err = errors.Join(err, f.Err)
	}
	if err != nil && l.running.Err() == nil { // at the end, Finish stops whatever runs
		l.failures <- failure{id, err}
	}
}

// startFailed gives a container back whose executor does not run. Where the answer got lost it may
// run after all; the release ends it.
func (l *loop) startFailed(f failure) {
	h := l.held[f.id]
	if h == nil || h.released {
		return // completed meanwhile, or about to
	}
	l.releases = append(l.releases, h.Container.ID)
	e := containers.Completed{
		ID: f.id, Reason: containers.ReasonStartFailed, ExitCode: -1,
		Diagnostics: fmt.Sprintf("start on %s: %v", h.Node, f.err),
	}
	if errors.Is(f.err, rmclient.ErrNoService) {
		e.Reason, e.Diagnostics = containers.ReasonNoService, l.unserved(h.Node.Host, f.err)
	}
	l.ended(h, e)
}

// release gives containers back. The node is told at once, so that the executor ends kindly and
// soon; the ResourceManager would tell it with the next heartbeat only.
func (l *loop) release(ids []containers.ID) {
	for _, id := range ids {
		h := l.held[id]
		if h == nil || h.released {
			continue
		}
		h.released = true
		l.releasing++
		l.changed = time.Now()
		l.releases = append(l.releases, h.Container.ID)
		if !h.launched.IsZero() {
			l.beside.Go(func() { l.stopOne(l.running, h.Container) })
		}
	}
}

// stopOne ends what runs in a container; the ResourceManager's word to the node is the second try.
func (l *loop) stopOne(ctx context.Context, c rmclient.Container) {
	_, err := l.nodes.Stop(ctx, c.Node, []rmclient.ContainerID{c.ID})
	if err != nil {
		l.config.Log.Debug("stop container", "container", c.ID, "error", err)
	}
}

// launchContext is how the node starts an executor. Its secret is in the credentials, which the
// node writes to a file that only the container's user can read.
func (l *loop) launchContext(launch containers.Launch) (rmclient.LaunchContext, error) {
	if launch.Identity == nil {
		return rmclient.LaunchContext{}, errors.New("no identity")
	}
	secret, err := launch.Identity.Marshal()
	if err != nil {
		return rmclient.LaunchContext{}, err
	}
	credentials := rmclient.Credentials{
		Tokens:  l.config.Credentials.Without(rmclient.AMRMTokenKind).Tokens,
		Secrets: map[rmclient.Alias][]byte{submit.IdentityAlias: secret},
	}
	image, err := submit.Image(l.config.Conf)
	if err != nil {
		return rmclient.LaunchContext{}, err
	}
	out := rmclient.LaunchContext{
		Command:        submit.Command(),
		Environment:    environment(launch, image),
		LocalResources: map[string]rmclient.LocalResource{submit.LinkName: l.config.Program},
		Credentials:    credentials,
	}
	return out, l.serve(&out, launch.Identity)
}

// environment is the launch without its directories, which are the node's to name, and what else
// the node must know.
func environment(launch containers.Launch, more map[string]string) map[string]string {
	launch.Dirs = nil
	env := maps.Clone(more)
	if env == nil {
		env = map[string]string{}
	}
	for _, pair := range launch.Env() {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	return env
}
