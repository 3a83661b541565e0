package yarnlogs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/rmclient"
)

// ErrNotAggregated means that HDFS holds no logs of an application.
var ErrNotAggregated = errors.New("no aggregated logs")

// Archive is the aggregated logs of an application: a file for each node.
type Archive struct {
	fs    fs.FS
	dir   string
	nodes []fs.Info
}

// Find looks for the logs of an application in all places where a Hadoop 2 or 3 may have put
// them.
func Find(ctx context.Context, files *fs.Resolver, h *conf.Hadoop, user string,
	id rmclient.ApplicationID) (*Archive, error) {
	dirs := directories(h, user, id)
	for _, dir := range dirs {
		a, err := openArchive(ctx, files, dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		return a, err
	}
	return nil, fmt.Errorf("%s: %w in %s", id, ErrNotAggregated, dirs[0])
}

// directories are the candidates, newest layout first. Since 3.3 applications lie in buckets by
// the last four digits of their number, since 3.0 the suffix ends in the file format's name:
//
//	/tmp/logs/USER/bucket-logs-tfile/0007/application_…_0007
//	/tmp/logs/USER/logs-tfile/application_…_0007
//	/tmp/logs/USER/logs/application_…_0007
func directories(h *conf.Hadoop, user string, id rmclient.ApplicationID) []string {
	const (
		node   = "yarn.nodemanager.remote-app-log-dir"
		format = "yarn.log-aggregation.TFile.remote-app-log-dir"
	)
	root := cmp.Or(h.Get(format), h.Get(node), "/tmp/logs")
	plain := cmp.Or(h.Get(node+"-suffix"), "logs")
	suffix := cmp.Or(h.Get(format+"-suffix"), plain+"-tfile")
	bucket := fmt.Sprintf("%04d", id.ID%10000)
	root = strings.TrimRight(root, "/")
	return []string{
		join(root, user, "bucket-"+suffix, bucket, id.String()),
		join(root, user, suffix, id.String()),
		join(root, user, plain, id.String()),
	}
}

// join puts names behind a root that may be a URL.
func join(root string, names ...string) string { return root + "/" + path.Join(names...) }

// unfinished is the ending of a file that a NodeManager still writes.
const unfinished = ".tmp"

func openArchive(ctx context.Context, files *fs.Resolver, dir string) (*Archive, error) {
	f, p, err := files.FS(dir)
	if err != nil {
		return nil, err
	}
	infos, err := f.ReadDir(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("list logs: %w", err)
	}
	a := &Archive{fs: f, dir: p}
	for _, info := range infos {
		if !info.Dir && !strings.HasSuffix(info.Name(), unfinished) {
			a.nodes = append(a.nodes, info)
		}
	}
	slices.SortFunc(a.nodes, func(x, y fs.Info) int { return strings.Compare(x.Path, y.Path) })
	return a, nil
}

// nodeOf turns the name of a file, host_port or host_port_time, into host:port.
func nodeOf(name string) string {
	host, rest, found := strings.Cut(name, "_")
	if !found {
		return name
	}
	port, _, _ := strings.Cut(rest, "_")
	return host + ":" + port
}

// Each calls see for every log file, by node, as File.Each does.
func (a *Archive) Each(ctx context.Context, see func(Log, io.Reader) error) error {
	for _, info := range a.nodes {
		if err := a.node(ctx, info, see); err != nil {
			return fmt.Errorf("read logs of %s: %w", a.fs.URL(info.Path), err)
		}
	}
	return nil
}

func (a *Archive) node(ctx context.Context, info fs.Info, see func(Log, io.Reader) error) error {
	f, err := a.fs.Open(ctx, info.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	logs, err := Open(f, f.Size())
	if err != nil {
		return err
	}
	node := nodeOf(info.Name())
	return logs.Each(func(l Log, r io.Reader) error {
		l.Node = node
		return see(l, r)
	})
}
