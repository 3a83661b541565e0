package containerstest

import (
	"errors"
	"slices"

	"github.com/weft-data/weft/containers"
)

// refusesTooLarge: a cluster that checks nothing says so, if it has a Check at all.
func (b *bed) refusesTooLarge() {
	c, checks := b.cluster.(containers.Checker)
	if b.system.TooLarge.Memory == 0 {
		if checks {
			b.unsupported(c.Check(b.t.Context(), b.system.Resource))
		}
		return
	}
	if err := c.Check(b.t.Context(), b.system.Resource); err != nil {
		b.t.Errorf("what it gives is refused: %v", err)
	}
	err := c.Check(b.t.Context(), b.system.TooLarge)
	if err == nil || errors.Is(err, errors.ErrUnsupported) {
		b.t.Errorf("a container that is too large: %v, want a refusal", err)
	}
}

// avoidsHosts leaves one host after the other: containers come there, and there only.
func (b *bed) avoidsHosts() {
	c, avoids := b.cluster.(containers.Avoider)
	if len(b.system.Hosts) == 0 {
		if avoids {
			b.unsupported(c.Avoid(b.t.Context(), []string{"any"}))
		}
		return
	}
	for i, host := range b.system.Hosts {
		others := slices.Delete(slices.Clone(b.system.Hosts), i, i+1)
		if err := c.Avoid(b.t.Context(), others); err != nil {
			b.t.Fatal(err)
		}
		b.want(i + 1)
		if given := b.allocated(1)[0]; given.Host != host {
			b.t.Errorf("%v came, although only %s was left", given, host)
		}
	}
}

func (b *bed) unsupported(err error) {
	b.t.Helper()
	if !errors.Is(err, errors.ErrUnsupported) {
		b.t.Errorf("%v, want %v", err, errors.ErrUnsupported)
	}
}
