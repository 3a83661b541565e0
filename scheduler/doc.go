// Package scheduler decides which task runs where, next, and what happens when one fails.
package scheduler
