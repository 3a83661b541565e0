package am

import "github.com/weft-data/weft/scheduler"

// Status is what the driver knows, for progress lines and pages.
type Status struct {
	scheduler.Status
	Wanted   int // executors asked for
	Lost     int // executors lost so far
	Warnings []string
}
