// Package wire is the generated code of cluster.proto: what travels between weft and a cluster
// plugin. Only package containers/plugin uses it.
package wire
