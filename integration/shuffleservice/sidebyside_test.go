package shuffleservice

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/weft-data/weft/integration/hadoop"
	"github.com/weft-data/weft/integration/testbed"
)

const (
	second = "weft_shuffle_2"
	site   = `<configuration>
  <property><name>weft.shuffle.service.port</name><value>%d</value></property>
  <property><name>weft.shuffle.service.metrics.port</name><value>0</value></property>
</configuration>`
)

// An upgrade runs two versions in one NodeManager, each under a name of its own; the file beside the
// second jar gives it another port. docs/install-shuffle-service.md says how.
func TestTwoVersionsSideBySide(t *testing.T) {
	dir := t.TempDir()
	built, err := hadoop.BuildShuffleService(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(built)); err != nil {
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "127.0.0.11:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	text := []byte(fmt.Sprintf(site, port))
	if err := os.WriteFile(filepath.Join(dir, "weft-shuffle-site.xml"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	const services = "yarn.nodemanager.aux-services"
	c, n := startOne(t, map[string]string{
		services:                               hadoop.ShuffleServiceName + "," + second,
		services + "." + second + ".class":     "io.github.weftdata.shuffle.WeftShuffleService",
		services + "." + second + ".classpath": filepath.Join(dir, "weft-shuffle-service.jar"),
	})
	a := startApp(t, c, 1)
	s := a.runWith(map[string][]byte{second: append([]byte{1}, a.secret...)})
	want := []byte{1, byte(port >> 8), byte(port)}
	if got := s.services[second]; !bytes.Equal(got, want) {
		t.Errorf("the second service says %x, want %x", got, want)
	}
	address := net.JoinHostPort(n.manager().Host, strconv.Itoa(port))
	testbed.Until(t, "the second service knows the application", func() bool {
		conn, err := prove(context.WithoutCancel(t.Context()), address, a.id.String(), a.secret)
		return err == nil && conn.Close() == nil
	})
	a.refused(t, n, a.id.String(), a.secret) // the first was not told
}
