package testbed

import (
	"testing"

	"github.com/weft-data/weft/conf"
)

// Conf is weft's configuration with pairs of KEY=VALUE, whatever the test's environment says.
func Conf(t testing.TB, pairs ...string) *conf.Conf {
	t.Helper()
	c, err := conf.Load(conf.Sources{Conf: pairs, Getenv: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
