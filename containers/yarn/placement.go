package yarn

import (
	"errors"
	"fmt"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/placement"
	"github.com/weft-data/weft/submit"
)

// placed is how executors are placed: by a constraint, which knows them by their tag, or by the
// hosts that asks name. The zero value is the latter.
type placed struct {
	tag        string
	constraint placement.Constraint
}

func (p placed) any() bool { return p.constraint != nil }

// constraints are what the registration says of it.
func (p placed) constraints() map[string]placement.Constraint {
	if !p.any() {
		return nil
	}
	return map[string]placement.Constraint{p.tag: p.constraint}
}

// explain says of a registration that was refused for the constraint where that came from.
func (p placed) explain(err error) error {
	if !errors.Is(err, rmclient.ErrNoPlacement) {
		return err
	}
	return fmt.Errorf("%w: %s=%s: %w", submit.ErrPlacement, conf.YarnExecutorPlacement.Name(),
		p.constraint, err)
}

// rejectedPause is the time to the next try after the ResourceManager gave up to place an executor:
// it has tried several times, and something must change before it can succeed.
const rejectedPause = time.Second

// rejected takes in asks that the ResourceManager has given up.
func (l *loop) rejected(all []rmclient.Rejection) {
	for _, r := range all {
		line, turn := lineOf(r.Ask.RequestID)
		l.book.Rejected(line, turn, int(r.Ask.Count))
		l.waiting.why, l.waiting.until = r.Reason, time.Now().Add(rejectedPause)
	}
}

// waiting is what is known of executors that a constraint keeps from coming.
type waiting struct {
	told  time.Time // when people were told last
	why   string    // by the ResourceManager's last word; "" where it says none
	until time.Time // no new containers are asked for before
}

// resumes is when asking goes on, after executors that failed or could not be placed.
func (l *loop) resumes() time.Time {
	if l.waiting.until.After(l.setbacks.until) {
		return l.waiting.until
	}
	return l.setbacks.until
}

// warnWaiting says, each weft.starvation.timeout, that executors are still to come under a
// constraint. Whether that or a full cluster holds them up the ResourceManager tells nobody.
func (l *loop) warnWaiting(now time.Time) {
	limit := conf.StarvationTimeout.Get(l.config.Conf)
	open := l.book.Open()
	if !l.config.placed.any() || open == 0 || limit <= 0 ||
		now.Sub(l.changed) < limit || now.Sub(l.waiting.told) < limit {
		return
	}
	l.waiting.told = now
	why := l.waiting.why
	if why == "" {
		why = "no node satisfies it and has room"
	}
	l.config.Log.Warn(fmt.Sprintf("executors wait under the placement constraint %s, %d are still to "+
		"come: %s; lower their number, or change %s", l.config.placed.constraint, open, why,
		conf.YarnExecutorPlacement.Name()))
}
