// Package plugin is a cluster that is a program of its own (master plugin:NAME): weft starts
// weft-cluster-NAME, found on PATH, and speaks to it over a Unix socket, so that what a cluster
// manager's client needs stays out of weft. Any containers.Cluster can be served that way.
//
//	driver ─ exec, handshake (hashicorp/go-plugin) ─▶ weft-cluster-NAME ─▶ the cluster manager
//	       ─ Start, Want, Launch, Release, Finish ──▶        │
//	       ─ Check, Avoid: if its cluster has them ─▶        │
//	       ◀─ events, one stream ────────────────────        │
//	       ◀───────── control protocol ───────────── executors it starts
//
// The plugin's main function calls Serve; package weft calls New. The two sides prove themselves
// by certificates made for the run (AutoMTLS), since the application's identity goes over the
// socket. What a plugin prints, its log and its executors' output, arrives in the driver's log.
//
// # What a plugin does with a Launch
//
// It starts Application.Program with Application.Args and Launch.Env in its environment, the
// marshalled Launch.Identity on file descriptor 3, and a standard input whose end means that the
// executor has to stop. The executor connects to Launch.Driver by itself.
//
// # Life
//
// A plugin serves one application. It ends after Finish; when its driver is gone, it finishes the
// cluster as failed and ends. When the plugin is gone, the driver sees containers.Down.
package plugin
