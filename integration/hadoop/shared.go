package hadoop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// SharedVariable names the cluster for tests by its HADOOP_CONF_DIR, such as the one that
// `make cluster-env` prints: then Shared starts none.
const SharedVariable = "WEFT_TEST_CLUSTER"

// shared is the one cluster of a test binary, which the tests of a package use one after the
// other or side by side. It is package state because so is a test binary.
var shared struct {
	sync.Mutex
	cluster *Cluster
	err     error
	release func() // stops it; nil where it was not started here
	inMain  bool
}

// Main runs a package's tests and stops the cluster that Shared started for them. A package that
// calls Shared has
//
//	func TestMain(m *testing.M) { os.Exit(hadoop.Main(m)) }
func Main(m *testing.M) int {
	shared.inMain = true
	code := m.Run()
	if shared.release != nil {
		shared.release()
	}
	if shared.err != nil {
		return cmp.Or(code, 1)
	}
	return code
}

// Shared returns the cluster of the test run: the running one that WEFT_TEST_CLUSTER names, or
// one that is started for the first test that asks and stopped by Main. A test that
// kills daemons brings them back before it ends, or starts a cluster of its own.
func Shared(t testing.TB) *Cluster {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if !shared.inMain {
		t.Fatal("hadoop.Shared needs func TestMain(m *testing.M) { os.Exit(hadoop.Main(m)) }")
	}
	if shared.cluster == nil && shared.err == nil {
		shared.cluster, shared.err = openShared(t.Context())
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.cluster
}

func openShared(ctx context.Context) (*Cluster, error) {
	if conf := os.Getenv(SharedVariable); conf != "" {
		return openNamed(conf)
	}
	root, err := repositoryRoot()
	if err != nil {
		return nil, err
	}
	binary := strings.TrimSuffix(filepath.Base(os.Args[0]), ".test")
	o := Options{Dir: filepath.Join(root, "build", "cluster-"+binary), ShuffleService: true}
	unlock, err := lock(ctx, o.Dir+".lock") // another run of the same tests goes first
	if err != nil {
		return nil, err
	}
	c, err := Start(ctx, o)
	shared.release = func() {
		shared.err = errors.Join(shared.err, Down(context.WithoutCancel(ctx), o))
		unlock()
	}
	return c, err
}

// openNamed opens the cluster that has conf for its HADOOP_CONF_DIR.
func openNamed(conf string) (*Cluster, error) {
	c, err := open(filepath.Dir(filepath.Clean(conf)))
	if err != nil {
		return nil, fmt.Errorf("%s=%s: %w", SharedVariable, conf, err)
	}
	return c, nil
}
