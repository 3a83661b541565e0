package cli

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/submit"
)

// load reads weft's settings; mistakes in them are the user's.
func (e Env) load(s conf.Sources) (*conf.Conf, error) {
	s.Getenv = e.Getenv
	c, err := conf.Load(s)
	if err != nil {
		return nil, badf("read settings: %w", err)
	}
	return c, nil
}

// hadoop reads the cluster's configuration, with weft.hadoop.* above it. Without HADOOP_CONF_DIR
// it is an error.
func (e Env) hadoop(c *conf.Conf) (*conf.Hadoop, error) {
	h, err := conf.HadoopFromEnv(e.Getenv)
	if err != nil {
		return nil, bad(err)
	}
	c.Override(h)
	return h, nil
}

// A cluster is an open door to the ResourceManager, and the configuration that led there.
type cluster struct {
	*rmclient.Client
	hadoop *conf.Hadoop
	config rmclient.Config
}

// connect makes a client of the cluster's ResourceManager. It dials with the first call.
func (e Env) connect(c *conf.Conf) (*cluster, error) {
	h, err := e.hadoop(c)
	if err != nil {
		return nil, err
	}
	user, err := conf.User(e.Getenv)
	if err != nil {
		return nil, bad(err)
	}
	config, err := submit.RMConfig(h, c, user, hclog.NewNullLogger())
	if err != nil {
		return nil, bad(err)
	}
	client, err := rmclient.NewClient(config)
	if err != nil {
		return nil, bad(err)
	}
	return &cluster{Client: client, hadoop: h, config: config}, nil
}

// files resolves paths of the cluster's default file system, or of this machine where no cluster
// is configured and a URL names none.
func (e Env) files(c *conf.Conf) (*fs.Resolver, error) {
	h, err := e.hadoop(c)
	if errors.Is(err, conf.ErrNoHadoopConf) {
		h = conf.NewHadoop()
		c.Override(h)
	} else if err != nil {
		return nil, err
	}
	user, err := conf.User(e.Getenv)
	if err != nil {
		return nil, bad(err)
	}
	return fs.Resolve(h, user, fs.PlainPathsOnDefaultFS()), nil
}

// absolute makes a path of the command line independent of the working directory.
func absolute(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	abs, err := filepath.Abs(path)
	return cmp.Or(abs, path), wrap(err, "find %s", path)
}

// wrap puts what was tried in front of an error.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}
