// Package docker tests weft on the mini-cluster of docker-compose.yml, where every daemon is a host
// of its own: hosts are killed, frozen and cut off while jobs run on them.
//
// Its tests have the build tag docker, because they need the cluster that make integration-docker
// starts. They run weft on the host edge as a user would, one test after the other; each heals what
// it broke, and waits until that serves again. The tasks of a job stop at a gate in a folder that
// all hosts see, so that a fault happens in the middle of the job on a slow machine too.
package docker
