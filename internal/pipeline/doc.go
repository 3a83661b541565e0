// Package pipeline runs the narrow part of a plan: it wires the operators of one stage into typed
// functions and pushes a partition's records through them.
//
// Operators are declared at package level of the user's program by package weft, which registers
// each with the functions that wire it ([Operator]). In an executor, [Program] loads a stage (a
// plan.Fragment) once and wires it anew for each task:
//
//	plan.Fragment ─ Load ─▶ stage ─ Run(task) ─▶ source ─▶ operator ─▶ operator ─▶ target
//	                                              └── Stream[T], a typed call per record ──┘
//
// A target writes a shuffle or is an action.
//
// A stream is a function that pushes all records of one partition into another function. Streams of
// different types meet only while a task is wired, where they travel as any; from then on each
// record is one call of a typed function, without reflection, interface value or allocation.
//
// A [Build] belongs to one task and so to one goroutine. The registry is filled while packages are
// initialised and sealed by weft.Main.
package pipeline
