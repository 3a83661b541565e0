package yarnlogs

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/fs"
)

func TestDirectories(t *testing.T) {
	h := conf.NewHadoop()
	want := []string{
		"/tmp/logs/alice/bucket-logs-tfile/0007/application_1700000000000_0007",
		"/tmp/logs/alice/logs-tfile/application_1700000000000_0007",
		"/tmp/logs/alice/logs/application_1700000000000_0007",
	}
	if diff := cmp.Diff(want, directories(h, "alice", app)); diff != "" {
		t.Error(diff)
	}
	h.Set("yarn.nodemanager.remote-app-log-dir", "hdfs://nn:8020/var/", "test")
	h.Set("yarn.nodemanager.remote-app-log-dir-suffix", "out", "test")
	want = []string{
		"hdfs://nn:8020/var/alice/bucket-out-tfile/0007/application_1700000000000_0007",
		"hdfs://nn:8020/var/alice/out-tfile/application_1700000000000_0007",
		"hdfs://nn:8020/var/alice/out/application_1700000000000_0007",
	}
	if diff := cmp.Diff(want, directories(h, "alice", app)); diff != "" {
		t.Error(diff)
	}
}

// archive puts files of logs where Hadoop would, in a directory of this machine.
func archive(t *testing.T, layout string, names ...string) (*conf.Hadoop, *fs.Resolver) {
	t.Helper()
	root := t.TempDir()
	h := conf.NewHadoop()
	h.Set("yarn.nodemanager.remote-app-log-dir", "file:"+root, "test")
	dir := filepath.Join(root, "alice", layout, app.String())
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data := testdata(t, "nodemanager-3.5.0.tfile")
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files := fs.Resolve(h, "alice", fs.PlainPathsOnDefaultFS())
	t.Cleanup(func() { files.Close() })
	return h, files
}

func TestArchiveInEveryLayout(t *testing.T) {
	for _, layout := range []string{"bucket-logs-tfile/0007", "logs-tfile", "logs"} {
		h, files := archive(t, layout, "h2_8041", "h1_8041_1700000001", "h3_8041.tmp")
		a, err := Find(context.Background(), files, h, "alice", app)
		if err != nil {
			t.Fatalf("%s: %v", layout, err)
		}
		var seen []string
		err = a.Each(context.Background(), func(l Log, _ io.Reader) error {
			seen = append(seen, l.Node+" "+l.Name)
			return nil
		})
		want := []string{"h1:8041 stderr", "h1:8041 stdout", "h2:8041 stderr", "h2:8041 stdout"}
		if diff := cmp.Diff(want, seen); err != nil || diff != "" {
			t.Error(layout, err, diff)
		}
	}
}

func TestNoArchive(t *testing.T) {
	h, files := archive(t, "elsewhere")
	_, err := Find(context.Background(), files, h, "alice", app)
	if !errors.Is(err, ErrNotAggregated) || !strings.Contains(err.Error(), "bucket-logs-tfile/0007") {
		t.Errorf("error %v", err)
	}
}

func TestADamagedFileIsNamed(t *testing.T) {
	h, files := archive(t, "logs", "h1_8041")
	a, err := Find(context.Background(), files, h, "alice", app)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(a.nodes[0].Path, 700); err != nil {
		t.Fatal(err)
	}
	err = a.Each(context.Background(), func(Log, io.Reader) error { return nil })
	if !errors.Is(err, errFormat) || !strings.Contains(err.Error(), "h1_8041") {
		t.Errorf("error %v", err)
	}
}
