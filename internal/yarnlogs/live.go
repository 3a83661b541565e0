package yarnlogs

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
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
	if err := l.ask(ctx, base+"/"+url.PathEscape(last.AppAttemptID)+"/containers", &answer); err != nil {
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

// nodeAnswer is a NodeManager's answer; sizes are numbers in quotes.
type nodeAnswer struct {
	ContainerLogsInfo logsInfo
}

type logsInfo struct {
	ContainerLogInfo []struct{ FileName, FileSize string }
}

// Files lists the log files of a running container, by name.
func (l *Live) Files(ctx context.Context, c Container) ([]Log, error) {
	var answer nodeAnswer
	if err := l.getJSON(ctx, c.Web+"/ws/v1/node/containers/"+url.PathEscape(c.ID)+"/logs", &answer); err != nil {
		return nil, err
	}
	var out []Log
	for _, f := range answer.ContainerLogsInfo.ContainerLogInfo {
		size, err := strconv.ParseInt(f.FileSize, 10, 64)
		if err != nil || size < 0 {
			return nil, fmt.Errorf("logs of %s: size %q of %s: %w", c.ID, f.FileSize, f.FileName, errDamaged)
		}
		out = append(out, Log{Container: c.ID, Node: c.Node, Name: f.FileName, Size: size})
	}
	slices.SortFunc(out, func(a, b Log) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// Copy writes a log file from an offset on to w and returns the offset of what comes next. The
// NodeManager sends a file's last bytes, so what is wanted is counted from the end that Files told;
// a file that has grown since is given up to its end all the same.
func (l *Live) Copy(ctx context.Context, c Container, log Log, from int64, w io.Writer) (int64, error) {
	if log.Size <= from {
		return from, nil
	}
	address := fmt.Sprintf("%s/ws/v1/node/containers/%s/logs/%s?size=%d", c.Web,
		url.PathEscape(c.ID), url.PathEscape(log.Name), from-log.Size)
	body, err := l.get(ctx, address, "text/plain, */*")
	if err != nil {
		return from, err
	}
	defer body.Close()
	in := bufio.NewReaderSize(body, 64<<10)
	size, err := skipHeader(in, log.Size)
	if err != nil {
		return from, fmt.Errorf("read %s of %s: %w", log.Name, c.ID, err)
	}
	// The answer holds the last log.Size-from bytes of size: bytes between are still to come.
	begin := size - (log.Size - from)
	if begin > from {
		grown := log
		grown.Size = size
		return l.Copy(ctx, c, grown, from, w)
	}
	n, err := io.CopyN(w, in, size-from)
	if err != nil {
		err = fmt.Errorf("read %s of %s: %w", log.Name, c.ID, unexpected(err))
	}
	return from + n, err
}

// maxHeader bounds the lines in front of a log's bytes.
const maxHeader = 16

// skipHeader reads what NodeManagers since 2.9 put before a log and returns the file's size:
//
//	Container: container_… on host:port
//	LogAggregationType: LOCAL
//	=====
//	LogType:stdout
//	LogLastModifiedTime:Sat Nov 21 07:57:35 +0000 2026
//	LogLength:30
//	LogContents:
//
// Older ones send the bytes alone, of the size that was asked for.
func skipHeader(in *bufio.Reader, plain int64) (int64, error) {
	start, _ := in.Peek(len("Container: ")) // a short log is a plain one
	if string(start) != "Container: " {
		return plain, nil
	}
	size := int64(-1)
	for range maxHeader {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return 0, unexpected(err)
		}
		text := strings.TrimSpace(string(line))
		if digits, ok := strings.CutPrefix(text, "LogLength:"); ok {
			if size, err = strconv.ParseInt(strings.TrimSpace(digits), 10, 64); err != nil {
				return 0, err
			}
		}
		if text == "LogContents:" && size >= 0 {
			return size, nil
		}
	}
	return 0, fmt.Errorf("no length before the log: %w", errDamaged)
}
