package yarn

import (
	"context"
	"crypto/rand"
	"errors"
	iofs "io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/integration/hadoop"
	"github.com/weft-data/weft/integration/testbed"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/submit"
)

// yarnBed is a test's place on the shared cluster: a staging directory of its own and a client.
type yarnBed struct {
	*testing.T
	cluster *hadoop.Cluster
	hadoop  *conf.Hadoop
	files   *fs.Resolver
	client  *rmclient.Client
	staging string // in HDFS
}

func newYarnBed(t *testing.T) *yarnBed {
	t.Helper()
	b := &yarnBed{T: t, cluster: hadoop.Shared(t), staging: "/tmp/weft-test-" + rand.Text()}
	var err error
	if b.hadoop, err = conf.LoadHadoop(b.cluster.ConfDir()); err != nil {
		t.Fatal(err)
	}
	if b.client, err = submit.Connect(b.hadoop, b.conf(), nil); err != nil {
		t.Fatal(err)
	}
	user, err := conf.User(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	b.files = fs.Resolve(b.hadoop, user, fs.PlainPathsOnDefaultFS())
	t.Cleanup(b.close)
	return b
}

func (b *yarnBed) close() {
	files, dir, err := b.files.FS(b.staging)
	if err == nil {
		err = files.RemoveAll(context.Background(), dir)
	}
	if err := errors.Join(err, b.files.Close(), b.client.Close()); err != nil {
		b.Error(err)
	}
}

// conf has small containers, so that tests fit beside each other.
func (b *yarnBed) conf(pairs ...string) *conf.Conf {
	b.Helper()
	return testbed.Conf(b, append([]string{"weft.yarn.stagingDir=" + b.staging,
		"weft.executor.memory=192m", "weft.driver.memory=192m"}, pairs...)...)
}

// request runs examples/pi with a few darts.
func (b *yarnBed) request(pairs ...string) submit.Request {
	b.Helper()
	pi, err := submit.CheckProgram(program("pi"))
	if err != nil {
		b.Fatal(err)
	}
	return submit.Request{Program: pi, Args: []string{"2", "1000"}, Conf: b.conf(pairs...),
		Hadoop: b.hadoop, Started: time.Now()}
}

// staged are the files below the staging directory, with the time of their last change.
func (b *yarnBed) staged() map[string]time.Time {
	b.Helper()
	files, dir, err := b.files.FS(b.staging)
	if err != nil {
		b.Fatal(err)
	}
	all, err := files.Glob(b.Context(), dir+"/**")
	if err != nil && !errors.Is(err, iofs.ErrNotExist) {
		b.Fatal(err)
	}
	found := map[string]time.Time{}
	for _, f := range all {
		if !f.Dir {
			found[strings.TrimPrefix(f.Path, dir)] = f.ModTime
		}
	}
	return found
}

// processes are the programs that run in an application's containers.
func (b *yarnBed) processes(app rmclient.ApplicationID) []hadoop.Process {
	b.Helper()
	all, err := b.cluster.Processes()
	if err != nil {
		b.Fatal(err)
	}
	mark := strings.TrimPrefix(app.String(), "application")
	var found []hadoop.Process
	for _, p := range all {
		if strings.Contains(p.Container, mark+"_") {
			found = append(found, p)
		}
	}
	return found
}

// until looks again and again until the condition holds.
func (b *yarnBed) until(what string, condition func() bool) {
	b.Helper()
	testbed.Until(b, what, condition)
}

// ended waits for the application's end and that nothing of it runs.
func (b *yarnBed) ended(app rmclient.ApplicationID) rmclient.ApplicationReport {
	b.Helper()
	var report rmclient.ApplicationReport
	b.until(app.String()+" ends and leaves no container", func() bool {
		var err error
		if report, err = b.client.Report(b.Context(), app); err != nil {
			b.Fatal(err)
		}
		return report.State.Ended() && len(b.processes(app)) == 0
	})
	return report
}
