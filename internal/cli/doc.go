// Package cli is the command line of weft: submit, list, status, kill, logs, fs, conf and version.
//
//	argv ─▶ command (flags, checks) ─▶ conf ─▶ submit, rmclient, yarnlogs, fs ─▶ text on stdout
//	                                      └──▶ the program itself, with WEFT_SUBMIT (package handoff)
//
// Whatever a command prints for other programs goes to standard output; everything for people who
// watch goes to standard error. A command that fails prints one line there, "weft: what: why;
// next step", and never a usage page or a stack. Exit codes:
//
//	0    done; of submit: the application succeeded
//	1    it failed; of submit: the application failed or was killed
//	2    bad usage or bad input; of submit: nothing was submitted
//	130  ended by ^C
//
// Every command takes what it needs of the world from an Env, so tests run whole commands inside
// their own process. Run belongs to one goroutine; cmd/weft calls Main.
package cli
