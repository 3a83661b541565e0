package yarn

import "time"

// Pauses between heartbeats. While containers are to come the ResourceManager is asked often at
// first, because every pause is waiting for a user; an ask that stays open waits for the cluster,
// which is not to be asked for nothing. The idle pause is far below the shortest expiry of an AM.
var paces = []struct{ open, pause time.Duration }{
	{3 * time.Second, 10 * time.Millisecond},
	{10 * time.Second, 50 * time.Millisecond},
	{time.Minute, 200 * time.Millisecond},
}

const (
	idlePause    = time.Second
	patientPause = 500 * time.Millisecond // for asks that have been open for long
)

// pause is the time to the next heartbeat, for work that has been open for so long; idle: there is
// none.
func pause(idle bool, open time.Duration) time.Duration {
	if idle {
		return idlePause
	}
	for _, p := range paces {
		if open < p.open {
			return p.pause
		}
	}
	return patientPause
}
