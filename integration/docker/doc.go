// Package docker tests weft on the mini-cluster of docker-compose.yml, where every daemon is a host
// of its own.
//
// Its tests have the build tag docker, because they need the cluster that make integration-docker
// starts. They run weft on the host edge as a user would, one test after the other.
package docker
