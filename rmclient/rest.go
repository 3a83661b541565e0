package rmclient

import (
	"bytes"
	"cmp"
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

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/internal/pause"
	"github.com/weft-data/weft/rmclient/internal/ipc"
)

const (
	restRoot = "/ws/v1/cluster"
	// maxREST bounds an answer: the list of all nodes of a very large cluster.
	maxREST      = 64 << 20
	maxRedirects = 5
)

// REST is the ResourceManager's other door: HTTP, where only its web port can be reached. It can
// submit, watch and kill, but it cannot be an ApplicationMaster. A standby ResourceManager
// redirects to the active one; a dead one is passed over.
type REST struct {
	config Config
	bases  []string
	http   *http.Client
	log    hclog.Logger
}

// NewREST makes a client of the WebAddresses.
func NewREST(c Config) (*REST, error) {
	if len(c.WebAddresses) == 0 {
		return nil, errors.New("resource manager: no web address given")
	}
	r := &REST{config: c, log: c.Logger}
	if r.log == nil {
		r.log = hclog.NewNullLogger()
	}
	for _, address := range c.WebAddresses {
		if !strings.Contains(address, "://") {
			address = "http://" + address
		}
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return nil, fmt.Errorf(
				"resource manager: web address %q is not host:port or a URL",
				address,
			)
		}
		r.bases = append(r.bases, u.Scheme+"://"+u.Host)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.IdleConnTimeout = cmp.Or(c.IdleTimeout, 10*time.Second)
	if c.Dial != nil {
		transport.DialContext = c.Dial
	}
	r.http = &http.Client{Transport: transport, CheckRedirect: limitRedirects,
		Timeout: cmp.Or(c.CallTimeout, 120*time.Second)}
	return r, nil
}

// Close drops idle connections.
func (r *REST) Close() error {
	r.http.CloseIdleConnections()
	return nil
}

func limitRedirects(_ *http.Request, via []*http.Request) error {
	if len(via) >= maxRedirects {
		return errors.New("redirected in a circle")
	}
	return nil
}

// do makes one request of the active ResourceManager, and decodes the answer into out unless that
// is nil.
func (r *REST) do(ctx context.Context, method, path string, query url.Values, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	if query == nil {
		query = url.Values{}
	}
	query.Set("user.name", r.config.user())
	answer, err := r.tryAll(ctx, method, restRoot+path+"?"+query.Encode(), body)
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(answer, out)
}

// tryAll goes round the addresses until one answers, or all were tried and Config.RetryFor has
// passed.
func (r *REST) tryAll(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	began, gap := time.Now(), cmp.Or(r.config.RetryBase, 500*time.Millisecond)
	limit := cmp.Or(r.config.RetryFor, 60*time.Second)
	for tries := 1; ; tries++ {
		base := r.bases[(tries-1)%len(r.bases)]
		answer, err := r.try(ctx, method, base+path, body)
		var remote *RemoteError
		if err == nil || errors.As(err, &remote) {
			return answer, err
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		everyone := tries >= len(r.bases)
		if waited := time.Since(began); everyone && waited+gap > limit {
			return nil, fmt.Errorf("%s %w, tried %d times in %s: %w", strings.Join(r.bases, ", "),
				ErrUnreachable, tries, waited.Round(time.Second/10), err)
		}
		r.log.Debug("request failed, trying again", "address", base, "error", err)
		if tries%len(r.bases) == 0 {
			if err := pause.For(ctx, gap); err != nil {
				return nil, err
			}
			gap = min(gap*2, 2*time.Second)
		}
	}
}

// try makes one request. Errors other than a *RemoteError say that this address is of no use now.
func (r *REST) try(ctx context.Context, method, target string, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := r.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxREST+1))
	switch {
	case err != nil:
		return nil, err
	case len(answer) > maxREST:
		return nil, &RemoteError{Message: fmt.Sprintf("answer is longer than %d bytes", maxREST)}
	case response.StatusCode >= 300:
		return nil, restError(response, answer)
	case !strings.Contains(response.Header.Get("Content-Type"), "json") && len(answer) > 0:
		return nil, fmt.Errorf("answers %s: a standby resource manager that knows no active one",
			response.Header.Get("Content-Type"))
	}
	return answer, nil
}

// restError turns an answer that is no success into an error; an overloaded or starting server is
// worth another try and gives no *RemoteError.
func restError(response *http.Response, answer []byte) error {
	var body struct {
		RemoteException struct{ Exception, JavaClassName, Message string }
	}
	if json.Unmarshal(answer, &body) != nil || body.RemoteException.Message == "" {
		body.RemoteException.Message = response.Status
	}
	if response.StatusCode == http.StatusServiceUnavailable || response.StatusCode < 400 {
		return errors.New(body.RemoteException.Message)
	}
	e := &RemoteError{Class: cmp.Or(body.RemoteException.JavaClassName, "HTTP"),
		Message: ipc.FirstLine(body.RemoteException.Message)}
	e.Kind = cmp.Or(kindOf(e.Class, e.Message), kindOfStatus(response.StatusCode))
	return e
}

func kindOfStatus(code int) error {
	switch code {
	case http.StatusNotFound:
		return ErrNotFound
	case http.StatusBadRequest:
		return ErrInvalidRequest
	case http.StatusUnauthorized, http.StatusForbidden:
		return ErrUnauthorized
	}
	return nil
}

// ClusterInfo is what a ResourceManager says of itself.
type ClusterInfo struct {
	State         string `json:"state"`   // STARTED
	HAState       string `json:"haState"` // ACTIVE
	Version       string `json:"resourceManagerVersion"`
	HadoopVersion string `json:"hadoopVersion"`
	StartedOn     int64  `json:"startedOn"` // milliseconds; the cluster timestamp of ids
}

// Info tells which ResourceManager is active and what it is.
func (r *REST) Info(ctx context.Context) (ClusterInfo, error) {
	var answer struct{ ClusterInfo ClusterInfo }
	err := r.do(ctx, http.MethodGet, "/info", nil, nil, &answer)
	return answer.ClusterInfo, wrap(err, "cluster info")
}

// NewApplication gets an id for an application, and the largest container the cluster gives.
func (r *REST) NewApplication(ctx context.Context) (ApplicationID, Resource, error) {
	var answer struct {
		ID      string       `json:"application-id"`
		Maximum restResource `json:"maximum-resource-capability"`
	}
	if err := r.do(ctx, http.MethodPost, "/apps/new-application", nil, nil, &answer); err != nil {
		return ApplicationID{}, Resource{}, wrap(err, "get an application id")
	}
	id, err := ParseApplicationID(answer.ID)
	return id, answer.Maximum.resource(), err
}

// Submit hands the application to the ResourceManager and returns when it has a place in a queue,
// as Client.Submit does. The API has no word for Lifetime, for a RestartPolicy, and for resources
// beyond memory and cores: such a submission is an ErrInvalidRequest.
func (r *REST) Submit(ctx context.Context, s SubmissionContext) error {
	if err := errors.Join(s.validate(), s.speakable()); err != nil {
		return wrap(err, "submit %s", s.ID)
	}
	if err := r.do(ctx, http.MethodPost, "/apps", nil, toREST(s), nil); err != nil {
		return wrap(err, "submit %s", s.ID)
	}
	return wrap(poll(ctx, func() (bool, error) {
		report, err := r.Report(ctx, s.ID)
		if err == nil && report.State == Failed {
			err = rejected(report.Diagnostics)
		}
		return report.State >= Accepted, err
	}), "submit %s", s.ID)
}

// State tells where an application stands.
func (r *REST) State(ctx context.Context, id ApplicationID) (State, error) {
	var answer struct{ State string }
	err := r.do(ctx, http.MethodGet, "/apps/"+id.String()+"/state", nil, nil, &answer)
	return State(number(stateNames, answer.State)), wrap(err, "state of %s", id)
}

// Kill ends the application and returns when it has ended.
func (r *REST) Kill(ctx context.Context, id ApplicationID) error {
	order := map[string]string{"state": "KILLED"}
	return wrap(poll(ctx, func() (bool, error) {
		var answer struct{ State string }
		err := r.do(ctx, http.MethodPut, "/apps/"+id.String()+"/state", nil, order, &answer)
		return State(number(stateNames, answer.State)).Ended(), err
	}), "kill %s", id)
}

// Report tells how the application is doing. REST leaves the AMRMToken out.
func (r *REST) Report(ctx context.Context, id ApplicationID) (ApplicationReport, error) {
	var answer struct{ App restApp }
	if err := r.do(ctx, http.MethodGet, "/apps/"+id.String(), nil, nil, &answer); err != nil {
		return ApplicationReport{}, wrap(err, "report of %s", id)
	}
	return answer.App.report()
}

// Nodes lists the NodeManagers, by host and port.
func (r *REST) Nodes(ctx context.Context) ([]NodeReport, error) {
	var answer struct{ Nodes struct{ Node []restNode } }
	if err := r.do(ctx, http.MethodGet, "/nodes", nil, nil, &answer); err != nil {
		return nil, wrap(err, "list nodes")
	}
	nodes := each(answer.Nodes.Node, restNode.report)
	slices.SortFunc(nodes, func(a, b NodeReport) int {
		return cmp.Or(cmp.Compare(a.ID.Host, b.ID.Host), cmp.Compare(a.ID.Port, b.ID.Port))
	})
	return nodes, nil
}

// Scheduler returns the scheduler's own description of its queues, which differs by scheduler and
// version, as JSON.
func (r *REST) Scheduler(ctx context.Context) (json.RawMessage, error) {
	var answer struct{ Scheduler json.RawMessage }
	err := r.do(ctx, http.MethodGet, "/scheduler", nil, nil, &answer)
	return answer.Scheduler, wrap(err, "scheduler")
}
