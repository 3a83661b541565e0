package containerstest

import (
	"context"
	"strings"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/resource"
)

func (b *bed) givesWhatIsWanted() {
	b.want(2)
	all := b.allocated(2)
	if all[0].ID == all[1].ID {
		b.t.Fatalf("the same container twice: %v", all)
	}
	for _, c := range all {
		if c.Host == "" || !b.system.Resource.Fits(c.Resource) || c.Profile != resource.Default {
			b.t.Errorf("%+v", c)
		}
		b.launch(c)
	}
}

func (b *bed) givesMore() {
	b.want(1)
	first := b.allocated(1)[0]
	b.launch(first)
	b.want(2) // absolute: one more
	if second := b.allocated(1)[0]; second.ID == first.ID {
		b.t.Fatalf("the same container twice: %v", first)
	}
}

// givesSpareOnes counts both kinds together: what came for one does for the other.
func (b *bed) givesSpareOnes() {
	b.wantAsk(containers.Ask{Resource: b.system.Resource, Count: 1, Spare: 1})
	for _, c := range b.allocated(2) {
		b.launch(c)
	}
	b.want(2)
	b.want(3)
	b.launch(b.allocated(1)[0]) // and no other
}

func (b *bed) takesNothingBack() {
	b.want(2)
	all := b.allocated(2)
	for _, c := range all {
		b.launch(c)
	}
	b.want(1)
	b.release(all[0].ID)
	if end := event[containers.Completed](b); end.ID != all[0].ID {
		b.t.Fatalf("%v ended, not the released one", end)
	}
	b.want(2)
	b.allocated(1) // the other one was still there
}

func (b *bed) replacesReleased() {
	b.want(1)
	first := b.allocated(1)[0]
	b.launch(first)
	b.release(first.ID, first.ID, "nobody knows this one")
	end := event[containers.Completed](b)
	if end.ID != first.ID || end.Reason != containers.ReasonReleased || end.CausedByApp {
		b.t.Fatalf("%+v", end)
	}
	if second := b.allocated(1)[0]; second.ID == first.ID {
		b.t.Fatal("a container came back")
	}
}

func (b *bed) releasesUnlaunched() {
	b.want(1)
	c := b.allocated(1)[0]
	b.want(0)
	b.release(c.ID)
	b.ended(c, containers.ReasonReleased, -1, false)
}

// ended waits for the end of a container and checks the reason; an exit code below zero may be any.
func (b *bed) ended(
	c containers.Container, r containers.Reason, code int, blame bool,
) containers.Completed {
	b.t.Helper()
	end := event[containers.Completed](b)
	if end.ID != c.ID || end.Reason != r || end.CausedByApp != blame ||
		code >= 0 && end.ExitCode != code {
		b.t.Fatalf("%+v", end)
	}
	return end
}

func (b *bed) reportsPeace() {
	b.want(1)
	c := b.allocated(1)[0]
	b.want(0)
	b.launch(c)
	b.ended(c, containers.ReasonExited, 0, false)
}

func (b *bed) reportsCrash() {
	b.want(1)
	c := b.allocated(1)[0]
	b.want(0)
	b.launch(c)
	end := b.ended(c, containers.ReasonExited, 1, true)
	if !strings.Contains(end.Diagnostics, Cry) {
		b.t.Fatalf("%q is not in %q", Cry, end.Diagnostics)
	}
}

func (b *bed) refusesUnknown() {
	b.refuse("nobody knows this one")
	b.want(1)
	c := b.allocated(1)[0]
	b.launch(c)
	b.refuse(c.ID) // it has an executor
	b.want(0)
	b.release(c.ID)
	event[containers.Completed](b)
	b.refuse(c.ID) // it is gone
}

func (b *bed) keepsProfilesApart() {
	larger := resource.Make(2*b.system.Resource.Memory, b.system.Resource.Cores)
	b.wantProfile(1, larger, 1)
	c := b.allocated(1)[0]
	if c.Profile != 1 || !larger.Fits(c.Resource) {
		b.t.Fatalf("%+v", c)
	}
	b.want(1) // profile 1 is not named, so it is wanted no longer, and stays
	if c := b.allocated(1)[0]; c.Profile != resource.Default {
		b.t.Fatalf("%+v", c)
	}
}

func (b *bed) finishesRunning() {
	b.want(3)
	all := b.allocated(3)
	b.launch(all[0])
	b.launch(all[1])
	seen := make(map[containers.ID]int)
	for _, e := range b.finish(context.Background()) {
		if end, ok := e.(containers.Completed); ok {
			seen[end.ID]++
		}
	}
	for id, n := range seen {
		if n > 1 {
			b.t.Errorf("container %s completed %d times", id, n)
		}
	}
	select {
	case e := <-b.events:
		b.t.Errorf("%T after Finish", e)
	default:
	}
}

func (b *bed) finishesInHaste() {
	b.want(1)
	b.launch(b.allocated(1)[0])
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b.finish(ctx)
}
