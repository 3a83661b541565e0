package fs

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"sync"
	"time"

	hclog "github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/conf"
)

// A Resolver finds the FS of a URL. It keeps one per name, so that a process has few connections.
type Resolver struct {
	hadoop  *conf.Hadoop
	user    string
	log     hclog.Logger
	onHDFS  bool
	home    string
	idle    time.Duration
	timeout time.Duration

	mu struct {
		sync.Mutex
		closed bool
		hdfs   map[string]*hdfsFS // by authority
	}
}

// An Option changes how a Resolver works.
type Option func(*Resolver)

// PlainPathsOnDefaultFS takes paths without a scheme for paths of fs.defaultFS, as Hadoop does,
// and relative ones as below /user/NAME. Without it they are local.
func PlainPathsOnDefaultFS() Option { return func(r *Resolver) { r.onHDFS = true } }

// WithLogger sends what is worth knowing to l.
func WithLogger(l hclog.Logger) Option { return func(r *Resolver) { r.log = l } }

// WithTimeout bounds how long a read or write may wait for a NameNode or DataNode (default 60 s).
func WithTimeout(d time.Duration) Option { return func(r *Resolver) { r.timeout = d } }

// Resolve makes a Resolver for one user of the cluster that the configuration describes. A nil
// configuration has Hadoop's defaults. It connects to nothing before the first use.
func Resolve(hadoop *conf.Hadoop, user string, options ...Option) *Resolver {
	if hadoop == nil {
		hadoop = conf.NewHadoop()
	}
	r := &Resolver{
		hadoop:  hadoop,
		user:    user,
		log:     hclog.NewNullLogger(),
		home:    "/user/" + user,
		idle:    10 * time.Second,
		timeout: 60 * time.Second,
	}
	r.mu.hdfs = map[string]*hdfsFS{}
	for _, o := range options {
		o(r)
	}
	return r
}

var errClosed = errors.New("file system resolver is closed")

// FS finds the file system of a URL and the clean path in it. It knows file:/path,
// hdfs://host:port/path, hdfs://nameservice/path, hdfs:///path and plain paths.
func (r *Resolver) FS(url string) (FS, string, error) {
	l, err := parseURL(url)
	if err != nil {
		return nil, "", err
	}
	switch {
	case l.scheme == "file":
		return r.local(l, url)
	case l.scheme == "hdfs":
		return r.onNamenode(l.authority, l.path)
	case l.scheme != "":
		return nil, "", fmt.Errorf("%s: weft reads file: and hdfs: and no %s:", url, l.scheme)
	case r.onHDFS:
		return r.onDefault(l.path)
	}
	abs, err := filepath.Abs(l.path)
	return Local{}, abs, err
}

func (r *Resolver) local(l location, url string) (FS, string, error) {
	if l.authority != "" && l.authority != "localhost" {
		return nil, "", fmt.Errorf("%s: a file URL has no host; write file:/path", url)
	}
	return Local{}, filepath.Clean(l.path), nil
}

// onDefault resolves a plain path against fs.defaultFS.
func (r *Resolver) onDefault(p string) (FS, string, error) {
	l, err := parseURL(r.hadoop.DefaultFS() + "/")
	if err != nil {
		return nil, "", fmt.Errorf("fs.defaultFS: %w", err)
	}
	switch l.scheme {
	case "file":
		abs, err := filepath.Abs(p)
		return Local{}, abs, err
	case "hdfs":
		if !path.IsAbs(p) {
			p = path.Join(r.home, p)
		}
		return r.onNamenode(l.authority, p)
	}
	return nil, "", fmt.Errorf("fs.defaultFS is %s (%s): weft reads file: and hdfs:",
		r.hadoop.DefaultFS(), r.hadoop.Explain("fs.defaultFS").Source)
}

// onNamenode finds or makes the FS of an hdfs URL's authority; an empty one is fs.defaultFS's.
func (r *Resolver) onNamenode(authority, p string) (FS, string, error) {
	if authority == "" {
		if l, err := parseURL(r.hadoop.DefaultFS() + "/"); err == nil && l.scheme == "hdfs" {
			authority = l.authority
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.mu.closed {
		return nil, "", errClosed
	}
	if f := r.mu.hdfs[authority]; f != nil {
		return f, path.Clean(p), nil
	}
	f, err := newHDFS(r, authority)
	if err != nil {
		return nil, "", err
	}
	r.mu.hdfs[authority] = f
	return f, path.Clean(p), nil
}

// Default is the file system that keeps staging files, and the user's home in it.
func (r *Resolver) Default() (FS, string, error) { return r.onDefault(r.home) }

// Stat describes what a URL names.
func (r *Resolver) Stat(ctx context.Context, url string) (Info, error) {
	f, p, err := r.FS(url)
	if err != nil {
		return Info{}, err
	}
	return f.Stat(ctx, p)
}

// Close ends all connections. Files still open fail.
func (r *Resolver) Close() error {
	r.mu.Lock()
	r.mu.closed = true
	all := r.mu.hdfs
	r.mu.hdfs = nil
	r.mu.Unlock()
	var errs []error
	for _, f := range all {
		errs = append(errs, f.close())
	}
	return errors.Join(errs...)
}
