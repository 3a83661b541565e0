package weft

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/weft-data/weft/scheduler/pool"
)

// attributes are what a context says of the jobs of actions that are called with it. A context
// never changes, so goroutines of one driver do not affect each other, and a job keeps what it
// began with.
type attributes struct {
	pool, group, description string
	tags                     []string
}

type attributesKey struct{}

func attributesOf(ctx context.Context) attributes {
	a, _ := ctx.Value(attributesKey{}).(attributes)
	return a
}

// with changes a copy of the context's attributes. What no job can have shows when an action is
// called.
func with(ctx context.Context, change func(a *attributes)) context.Context {
	a := attributesOf(ctx)
	change(&a)
	return context.WithValue(ctx, attributesKey{}, a)
}

// WithPool puts the jobs of actions called with the context into a pool. Pools share the slots of
// the application where weft.scheduler.mode is FAIR; the allocation file says how. The empty name
// clears it: such jobs go to the pool "default".
func WithPool(ctx context.Context, name string) context.Context {
	return with(ctx, func(a *attributes) { a.pool = name })
}

// WithJobGroup puts the jobs of actions called with the context into a group, which CancelGroup
// ends as a whole, and describes them to people. The empty id is no group.
func WithJobGroup(ctx context.Context, id, description string) context.Context {
	return with(ctx, func(a *attributes) { a.group, a.description = id, description })
}

// WithJobDescription says to people what the jobs of actions called with the context are for. The
// empty text clears it: then a job is called by its action.
func WithJobDescription(ctx context.Context, text string) context.Context {
	return with(ctx, func(a *attributes) { a.description = text })
}

// WithTags adds tags to the jobs of actions called with the context; CancelTag ends all jobs that
// have one. Without any it clears those that the context has.
func WithTags(ctx context.Context, tags ...string) context.Context {
	return with(ctx, func(a *attributes) {
		if len(tags) == 0 {
			a.tags = nil
			return
		}
		a.tags = slices.Concat(a.tags, tags) // never into a slice that another context has
		slices.Sort(a.tags)
		a.tags = slices.Compact(a.tags)
	})
}

// The most bytes of names and texts: they are kept with every job, sent to pages and logged.
const (
	maxLabel       = 1024
	maxDescription = 8192
	maxTags        = 64
)

// check refuses what no job can have.
func (a *attributes) check() error {
	return cmp.Or(
		checkText("pool", a.pool, pool.MaxName),
		checkText("job group", a.group, maxLabel),
		checkText("job description", a.description, maxDescription),
		checkTags(a.tags),
	)
}

func checkTags(tags []string) error {
	if len(tags) > maxTags {
		return fmt.Errorf("%d job tags, want at most %d", len(tags), maxTags)
	}
	for _, tag := range tags {
		switch {
		case tag == "":
			return errors.New("a job tag is empty")
		case len(tag) <= maxLabel && strings.Contains(tag, ","):
			return fmt.Errorf("job tag %q holds a comma, which separates tags", tag)
		}
		if err := checkText("job tag", tag, maxLabel); err != nil {
			return err
		}
	}
	return nil
}

// checkText refuses what is too long to keep, or no text: it could not be written down and read
// again as it was.
func checkText(what, text string, most int) error {
	const shown = 64
	switch {
	case len(text) > most:
		return fmt.Errorf("%s %q… has %d bytes, want at most %d",
			what, strings.ToValidUTF8(text[:shown], ""), len(text), most)
	case !utf8.ValidString(text):
		return fmt.Errorf("%s %q is not UTF-8", what, text)
	}
	return nil
}
