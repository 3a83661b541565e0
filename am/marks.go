package am

import "time"

// Marks are when the stations of an application were reached; zero where they were not.
type Marks struct {
	Started       time.Time // Start was called
	Registered    time.Time // the cluster accepted the application
	FirstExecutor time.Time // the first executor registered
	FirstTask     time.Time // the first task's success arrived
	Stopped       time.Time // Stop was called
}

// Marks are when the stations of the application were reached.
func (d *Driver) Marks() Marks {
	d.marksMu.Lock()
	defer d.marksMu.Unlock()
	return d.marks
}

// mark notes the first time something happened.
func (l *loop) mark(at *time.Time) {
	l.marksMu.Lock()
	defer l.marksMu.Unlock()
	if at.IsZero() {
		*at = time.Now()
	}
}
