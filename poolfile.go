package weft

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/fairxml"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/pool"
)

// defaultPoolFile is looked for where no setting names a file.
const defaultPoolFile = "fairscheduler.xml"

// readPools reads the allocation file of mode FAIR, once. In mode FIFO there are no pools.
func (a *application) readPools(ctx context.Context, files *fs.Resolver) error {
	url := conf.SchedulerAllocationFile.Get(a.conf)
	switch {
	case a.pools != nil:
		return nil
	case conf.SchedulerMode.Get(a.conf) != pool.Fair.String():
		if url != "" {
			a.log.Warn("the allocation file has no effect: weft.scheduler.mode is not FAIR", "file", url)
		}
		return nil
	case url == "":
		url = findPoolFile(os.Getenv)
	}
	pools := scheduler.PoolsChanged{NoFile: url == ""}
	if url != "" {
		var err error
		if pools.Pools, err = a.parsePools(ctx, files, url); err != nil {
			return err
		}
	}
	a.pools = &pools
	return nil
}

// findPoolFile looks into the working directory and into weft's own; "" is no file.
func findPoolFile(getenv func(string) string) string {
	dirs := []string{"."}
	if dir := getenv("WEFT_CONF_DIR"); dir != "" {
		dirs = append(dirs, dir)
	}
	for _, dir := range dirs {
		path, err := filepath.Abs(filepath.Join(dir, defaultPoolFile))
		if err != nil {
			continue
		}
		if _, err := os.Stat(path); err == nil {
			return "file:" + path
		}
	}
	return ""
}

func (a *application) parsePools(
	ctx context.Context, files *fs.Resolver, url string,
) ([]pool.Spec, error) {
	pools, warnings, err := openPools(ctx, files, url)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("read the pools (weft.scheduler.allocation.file): %w; the driver reads "+
			"it where it runs, so in cluster mode put it on HDFS", err)
	case err != nil:
		return nil, fmt.Errorf("read the pools: %w", err)
	}
	for _, w := range warnings {
		a.log.Warn("the allocation file", "file", url, "warning", w.String())
	}
	return pools, nil
}

func openPools(
	ctx context.Context, files *fs.Resolver, url string,
) ([]pool.Spec, []fairxml.Warning, error) {
	system, path, err := files.FS(url)
	if err != nil {
		return nil, nil, err
	}
	f, err := system.OpenAt(ctx, path, 0)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	pools, warnings, err := fairxml.Parse(f)
	if err != nil {
		err = fmt.Errorf("%s: %w", url, err)
	}
	return pools, warnings, err
}

// checkPools reads the allocation file before anything is asked of the cluster.
func (a *application) checkPools(ctx context.Context, options ...fs.Option) error {
	user, err := conf.User(os.Getenv)
	if err != nil {
		return err
	}
	files := fs.Resolve(a.hadoop, user, options...)
	return errors.Join(a.readPools(ctx, files), files.Close())
}
