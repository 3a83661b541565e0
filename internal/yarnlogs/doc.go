// Package yarnlogs reads what containers of a YARN application wrote to their log directories:
// from the NodeManagers while the application runs, from the aggregated files in HDFS afterwards.
//
//	RM web ─ attempts, containers ─▶ Live ──┐
//	NM web ─ one log file ────────▶ Live ──┼──▶ Log and its bytes
//	HDFS ── a TFile for each node ─▶ Archive ┘
//
// Files in HDFS and answers over HTTP are not trusted: every length is checked before memory is
// taken for it. Command weft logs calls the package. A Live may be used from several goroutines, a
// File or an Archive from one at a time.
package yarnlogs
