package schedtest

import (
	"fmt"

	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/pool"
)

// pools tells what the allocation file says: a line for each pool.
func (v *env) pools(c *command) (string, error) {
	e := scheduler.PoolsChanged{NoFile: c.flag("no-file")}
	for _, line := range c.lines {
		spec, err := parsePool(line)
		if err != nil {
			return "", fmt.Errorf("%s: %w", line, err)
		}
		e.Pools = append(e.Pools, spec)
	}
	return v.step(e)
}

// parsePool reads "prod mode=fair weight=2 min-share=4 max-share=8".
func parsePool(line string) (pool.Spec, error) {
	name, c, err := parseLine(line)
	if err != nil {
		return pool.Spec{}, err
	}
	s := pool.Default(name)
	if s.Mode, err = pool.ParseMode(c.text("mode", "fifo")); err != nil {
		return s, err
	}
	for key, field := range map[string]*int{
		"weight": &s.Weight, "min-share": &s.MinShare, "max-share": &s.MaxShare,
	} {
		if *field, err = c.number(key, *field); err != nil {
			return s, err
		}
	}
	return s, c.unused()
}
