package yarnlogs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/weft-data/weft/rmclient"
)

// ErrGone means that a NodeManager does not show the logs of a container, or not any more.
var ErrGone = errors.New("the node shows no logs of it")

// Live reads logs of a running application over the web addresses of the cluster.
type Live struct {
	managers []string // the ResourceManagers' web addresses, with scheme
	user     string
	client   *http.Client
}

// NewLive makes a Live for the cluster of the config. Close ends its connections.
func NewLive(c rmclient.Config) *Live {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil // a cluster's nodes are not the internet
	return &Live{
		managers: c.WebAddresses, user: c.User,
		client: &http.Client{Transport: transport, Timeout: answerLimit},
	}
}

const (
	answerLimit = 60 * time.Second
	maxAnswer   = 16 << 20 // of JSON
)

// Close ends idle connections.
func (l *Live) Close() { l.client.CloseIdleConnections() }

// Container is a running container and the web address of its node.
type Container struct {
	ID   string
	Web  string // http://host:port
	Node string // host:port of the NodeManager
}

// The ResourceManager's answers.
type (
	attemptsAnswer struct {
		AppAttempts struct {
			AppAttempt []struct {
				AppAttemptID, ContainerID, NodeHTTPAddress, NodeID, AppAttemptState string
			}
		}
	}
	containersAnswer struct {
		Container []struct{ ContainerID, NodeHTTPAddress, AssignedNodeID string }
	}
)

// Containers lists the application's running containers, by id: the AM is the first. Attempts that
// have ended are left out.
func (l *Live) Containers(ctx context.Context, id rmclient.ApplicationID) ([]Container, error) {
	var attempts attemptsAnswer
	base := "/ws/v1/cluster/apps/" + id.String() + "/appattempts"
	if err := l.ask(ctx, base, &attempts); err != nil {
		return nil, fmt.Errorf("list attempts of %s: %w", id, err)
	}
	all := attempts.AppAttempts.AppAttempt
	if len(all) == 0 {
		return nil, nil
	}
	last := all[len(all)-1]
	if last.AppAttemptID == "" { // Hadoop 2 has the number only
		return nil, fmt.Errorf("list attempts of %s: %w", id, errors.ErrUnsupported)
	}
	var answer containersAnswer
	containers := base + "/" + url.PathEscape(last.AppAttemptID) + "/containers"
	if err := l.ask(ctx, containers, &answer); err != nil {
		return nil, fmt.Errorf("list containers of %s: %w", id, err)
	}
	var out []Container
	for _, c := range answer.Container {
		out = append(out, Container{c.ContainerID, withScheme(c.NodeHTTPAddress), c.AssignedNodeID})
	}
	slices.SortFunc(out, func(a, b Container) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

// Aggregation is how far an application's logs are on their way to HDFS, as the ResourceManager
// knows it from the nodes.
type Aggregation string

// States of aggregation that one decides on; there are more.
const (
	AggregationOff  Aggregation = "DISABLED"
	AggregationDone Aggregation = "SUCCEEDED"
)

// Settled reports whether nothing more will come.
func (a Aggregation) Settled() bool {
	switch a {
	case AggregationOff, AggregationDone, "FAILED", "TIME_OUT":
		return true
	}
	return false
}

// Aggregation asks how far an application's logs are.
func (l *Live) Aggregation(ctx context.Context, id rmclient.ApplicationID) (Aggregation, error) {
	var answer struct {
		App struct{ LogAggregationStatus Aggregation }
	}
	err := l.ask(ctx, "/ws/v1/cluster/apps/"+id.String(), &answer)
	return answer.App.LogAggregationStatus, err
}

// withScheme completes host:port, which some answers have without http://.
func withScheme(address string) string {
	if strings.Contains(address, "://") {
		return address
	}
	return "http://" + address
}

// ask asks one ResourceManager after the other; a standby one redirects to the active one.
func (l *Live) ask(ctx context.Context, path string, answer any) error {
	err := errors.New("no web address of a ResourceManager is known")
	for _, manager := range l.managers {
		if err = l.getJSON(ctx, manager+path, answer); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (l *Live) getJSON(ctx context.Context, address string, answer any) error {
	body, err := l.get(ctx, address, "application/json")
	if err != nil {
		return err
	}
	defer body.Close()
	if err := json.NewDecoder(io.LimitReader(body, maxAnswer)).Decode(answer); err != nil {
		return fmt.Errorf("%s: %w", address, err)
	}
	return nil
}

// get returns the body of a good answer.
func (l *Live) get(ctx context.Context, address, accept string) (io.ReadCloser, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	q := u.Query()
	q.Set("user.name", l.user)
	u.RawQuery = q.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", accept)
	response, err := l.client.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		return nil, statusError(address, response.StatusCode)
	}
	return response.Body, nil
}

// statusError makes NodeManagers' ways to say "I do not know it" one: 404, and 503 around it.
func statusError(address string, code int) error {
	if code == http.StatusNotFound || code == http.StatusServiceUnavailable {
		return fmt.Errorf("%s: %w", address, ErrGone)
	}
	return fmt.Errorf("%s: %d %s", address, code, http.StatusText(code))
}
