package weft

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/internal/console"
	"github.com/weft-data/weft/internal/pipeline"
)

// Local runs a driver inside this process, with the given number of slots: how a job is tested.
//
//	func TestWordCount(t *testing.T) {
//		run := func(ctx context.Context, s *weft.Session) error { … }
//		err := weft.Local(t.Context(), 2, run, "in", "out")
//	}
//
// Settings come from the environment, as for a program that is started by hand. Local may be called
// several times, also at the same time.
func Local(ctx context.Context, slots int, run Driver, args ...string) error {
	if err := pipeline.Late(); err != nil {
		return err
	}
	if slots < 1 {
		return errors.New("run locally: at least one slot is needed")
	}
	c, err := conf.Load(conf.Sources{})
	if err != nil {
		return err
	}
	a := application{args: args, conf: c, started: time.Now(), log: hclog.NewNullLogger(),
		console: console.New(console.Options{Mode: console.Off})}
	if err := a.findHadoop(); err != nil {
		return err
	}
	return a.drive(ctx, a.goroutines(slots, fs.Resolve(a.hadoop, a.user)), run)
}
