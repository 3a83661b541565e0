// Package am is the driver's engine: the one loop in which the scheduler's decisions become
// effects.
//
//	Driver.Run, Stop ─┐                     ┌─▶ executors (control)
//	cluster events  ──┼─▶ loop ─▶ scheduler ─▶ perform ─▶ containers.Cluster
//	executor streams ─┤    ▲                └─▶ waiting callers, progress
//	timer ────────────┘    └──── answers come back as events
//
// One goroutine owns the scheduler's machine and all books about executors and jobs; it never
// blocks. perform is the only place with effects, and an effect that takes time runs elsewhere
// and answers by sending an event. Driver's methods may be called from any goroutine.
package am
