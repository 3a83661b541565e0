package am

import (
	"fmt"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/resource"
)

// profiles begins the application's table. Slots that were asked for outright, as by local[N], make
// as many cores.
func profiles(c *conf.Conf, slots int) (*resource.Table, error) {
	d := conf.ResourceDefaults(c)
	if slots > 0 {
		d.Cores = slots * d.Task.CPUs
	}
	t, err := resource.NewTable(d)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSettings, err)
	}
	return t, nil
}
