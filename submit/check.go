package submit

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/rmclient"
)

// ask gets an id from the ResourceManager and what it would refuse later.
func (s *session) ask(ctx context.Context, managed bool) error {
	var err error
	s.id, s.most, err = s.client.NewApplication(ctx)
	if errors.Is(err, rmclient.ErrUnreachable) {
		return fmt.Errorf("%w; check that the ResourceManager runs and that yarn-site.xml in "+
			"HADOOP_CONF_DIR names it (weft conf explain yarn.resourcemanager.address)", err)
	}
	if err != nil {
		return err
	}
	if err := s.checkSizes(s.most, managed); err != nil {
		return err
	}
	return s.checkQueue(ctx)
}

// checkQueue asks for the queue, if the user named one: a queue left at its default may be replaced
// by the scheduler's own rules. An unknown queue below a known one may be made at submission, so
// that decision is the scheduler's.
func (s *session) checkQueue(ctx context.Context) error {
	rpc, ok := s.client.(*rmclient.Client)
	if !ok || !conf.YarnQueue.IsSet(s.Conf) {
		return nil
	}
	name := conf.YarnQueue.Get(s.Conf)
	queue, err := rpc.QueueInfo(ctx, name)
	switch {
	case err == nil && !queue.Running:
		return fmt.Errorf("%w: %s is stopped; give a running leaf queue with --queue",
			rmclient.ErrQueue, name)
	case err == nil:
		return nil
	case !errors.Is(err, rmclient.ErrNotFound) && !errors.Is(err, rmclient.ErrQueue):
		return err
	}
	if parent := strings.LastIndexByte(name, '.'); parent > 0 {
		if _, err := rpc.QueueInfo(ctx, name[:parent]); err == nil {
			return nil
		}
	}
	return fmt.Errorf("%w: the cluster has no queue %s; "+
		"give a running leaf queue with --queue",
		rmclient.ErrQueue, name)
}
