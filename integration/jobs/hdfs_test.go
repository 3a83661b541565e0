package jobs

import (
	"testing"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/fs/fstest"
)

// TestHDFSKeepsTheContract runs the test of every file system on a real one.
func TestHDFSKeepsTheContract(t *testing.T) {
	u := newUser(t)
	dir := u.scratch()
	h, err := conf.LoadHadoop(u.cluster.ConfDir())
	if err != nil {
		t.Fatal(err)
	}
	files := fs.Resolve(h, "root", fs.PlainPathsOnDefaultFS())
	defer files.Close()
	f, path, err := files.FS(dir + "/contract")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.MkdirAll(t.Context(), path, 0o755); err != nil {
		t.Fatal(err)
	}
	fstest.Contract(t, f, path)
}
