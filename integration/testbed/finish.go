package testbed

import (
	"testing"

	"github.com/weft-data/weft/containers"
)

// Finish ends an application's stay on its cluster, whose last events nobody needs any more.
func Finish(t testing.TB, c containers.Cluster, events <-chan containers.Event,
	final containers.Final) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- c.Finish(t.Context(), final) }()
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			return
		case <-events:
		}
	}
}
