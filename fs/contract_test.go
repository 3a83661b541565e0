package fs_test

import (
	"testing"

	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/fs/fstest"
)

func TestLocal(t *testing.T) { fstest.Contract(t, fs.Local{}, t.TempDir()) }
