package submit

import (
	"errors"
	"fmt"
	"slices"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/rmclient/placement"
)

// ErrPlacement means that executors cannot be placed as the settings say.
var ErrPlacement = errors.New("placement of executors")

// Placement is the tag of executors and the constraint on where they may come; it is nil where
// there is none, and then they have no tag. The error wraps ErrPlacement.
func Placement(c *conf.Conf) (tag string, _ placement.Constraint, _ error) {
	key := conf.YarnExecutorPlacement
	text := key.Get(c)
	if text == "" {
		return "", nil, nil
	}
	constraint, err := placement.Parse(text)
	if err != nil {
		return "", nil, fmt.Errorf("%w: %s: %w", ErrPlacement, key.Name(), err)
	}
	tag = conf.YarnExecutorTag.Get(c)
	switch {
	case conf.YarnExecutorNodeLabel.Get(c) != "":
		err = fmt.Errorf("%s says on which nodes executors run, too; leave one of the two out",
			conf.YarnExecutorNodeLabel.Name())
	case conf.SpeculationOpportunistic.Get(c):
		err = fmt.Errorf("YARN places no opportunistic containers by it; leave %s out",
			conf.SpeculationOpportunistic.Name())
	case needsItself(constraint, tag):
		err = fmt.Errorf("it lets an executor come only where there is one already, and none could be "+
			"the first; use another tag than the executors' own, which is %s", tag)
	}
	if err != nil {
		return "", nil, fmt.Errorf("%w: %s=%s: %w", ErrPlacement, key.Name(), text, err)
	}
	return tag, constraint, nil
}

// needsItself says whether a constraint wants a container with a tag of this application to be
// there before any is.
func needsItself(c placement.Constraint, tag string) bool {
	own := placement.Tag{Of: placement.Self, Name: tag}
	switch c := c.(type) {
	case placement.Tags:
		return c.Min > 0 && slices.Contains(c.Tags, own)
	case placement.All:
		return slices.ContainsFunc(c, func(c placement.Constraint) bool { return needsItself(c, tag) })
	case placement.Any:
		return !slices.ContainsFunc(c, func(c placement.Constraint) bool { return !needsItself(c, tag) })
	}
	return false
}
