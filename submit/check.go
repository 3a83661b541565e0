package submit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/rmclient"
)

// ask gets an id from the ResourceManager and what it would refuse later.
func (s *session) ask(ctx context.Context, managed bool) error {
	_, err := Image(s.Conf)
	if err != nil {
		return err
	}
	s.id, s.most, err = s.client.NewApplication(ctx)
	if errors.Is(err, rmclient.ErrUnreachable) {
		return fmt.Errorf("%w; check that the ResourceManager runs and that yarn-site.xml in "+
			"HADOOP_CONF_DIR names it (weft conf explain yarn.resourcemanager.address)", err)
	}
	if err != nil {
		return err
	}
	if _, _, err := Placement(s.Conf); err != nil {
		return err
	}
	if err := s.checkContainers(ctx, managed); err != nil {
		return err
	}
	if err := s.checkQueue(ctx); err != nil {
		return err
	}
	return s.checkLabels(ctx)
}

// checkContainers compares what will be asked for with what the cluster can give.
func (s *session) checkContainers(ctx context.Context, managed bool) error {
	limits := Limits{Most: s.most}
	rpc, ok := s.client.(*rmclient.Client)
	if ok && len(ExecutorContainer(s.Conf).Extra) > 0 {
		var err error
		if limits.Types, err = rpc.ResourceTypes(ctx); err != nil {
			return err
		}
	}
	return s.checkSizes(limits, managed)
}

// ErrLabel means that the queue may not use nodes with a label.
var ErrLabel = errors.New("the queue may not use nodes with this label")

// checkLabels asks which node labels the queue may use. The ResourceManager would say it later, for
// executors only when the driver runs, and with every heartbeat.
func (s *session) checkLabels(ctx context.Context) error {
	rpc, ok := s.client.(*rmclient.Client)
	labels := []conf.Key[string]{conf.YarnAMNodeLabel, conf.YarnExecutorNodeLabel}
	set := func(k conf.Key[string]) bool { return k.Get(s.Conf) != "" }
	if !ok || !slices.ContainsFunc(labels, set) {
		return nil
	}
	name := conf.YarnQueue.Get(s.Conf)
	queue, err := rpc.QueueInfo(ctx, name)
	if errors.Is(err, rmclient.ErrNotFound) || errors.Is(err, rmclient.ErrQueue) {
		return nil // the scheduler may yet make it, or choose another
	}
	if err != nil {
		return err
	}
	for _, key := range labels {
		label := key.Get(s.Conf)
		if label == "" || slices.Contains(queue.Labels, label) || slices.Contains(queue.Labels, "*") {
			continue
		}
		return fmt.Errorf("%w: queue %s may use %s, not %s=%s; use another queue or label", ErrLabel,
			name, cmp.Or(strings.Join(queue.Labels, ", "), "no label"), key.Name(), label)
	}
	return nil
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
