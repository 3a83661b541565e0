package cli

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/fairxml"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/scheduler/pool"
)

// checkPools reads the allocation file as the driver on the cluster will, before anything is
// submitted. A file on the disk of the driver's machine cannot be seen from here.
func (e Env) checkPools(ctx context.Context, c *conf.Conf) error {
	url, key := conf.SchedulerAllocationFile.Get(c), conf.SchedulerAllocationFile.Name()
	fair := conf.SchedulerMode.Get(c) == pool.Fair.String()
	if !fair || url == "" || strings.HasPrefix(url, "file:") {
		return nil
	}
	files, err := e.files(c)
	if err != nil {
		return err
	}
	defer files.Close()
	err = readFile(ctx, files, url, func(r io.Reader) error {
		_, _, err := fairxml.Parse(r) // the driver's log will have the warnings
		return wrap(err, "%s", url)
	})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return badf("read the pools (%s): %w; the driver runs on the cluster, so put the file on HDFS",
			key, err)
	case err != nil:
		return badf("read the pools (%s): %w; weft fairxml check FILE checks it", key, err)
	}
	return nil
}
