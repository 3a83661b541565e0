package am

import (
	"slices"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/scheduler"
)

// An executor whose node has a shuffle service leaves its map outputs there when it ends: they are
// read from the service, and its tasks do not run again. Where an output is follows from the
// executor that wrote it:
//
//	executor       its node's service      its map outputs
//	lives          none, or given up       at its own block server
//	lives          answers                 at the service
//	lost           answers                 at the service; the executor is one of loop.outlived
//	lost           none, or given up       lost
//
// A service is given up when a task could not read from it in spite of its patience, or when its
// node is lost. What the node's executors wrote until then is lost; what the living ones write from
// then on, they serve themselves.

// keeps says whether what an executor wrote stays when it goes.
func (e *executor) keeps() bool { return e.service != "" }

// outlive keeps of a lost executor what readers of its outputs must know.
func (l *loop) outlive(e *executor) {
	l.outlived[e.id] = &executor{id: e.id, container: e.container, host: e.host, service: e.service}
}

// writer finds an executor, living or not, whose map outputs can be read.
func (l *loop) writer(id scheduler.ExecutorID) *executor {
	if e := l.executor(id); e != nil {
		return e
	}
	return l.outlived[control.ExecutorID(id)]
}

// giveUpHost gives up what the shuffle service of a host had.
func (l *loop) giveUpHost(host, reason string) {
	kept := 0
	for _, e := range l.executors {
		if e != nil && e.keeps() && e.container.Host == host {
			e.service = ""
			kept++
		}
	}
	for id, e := range l.outlived {
		if e.container.Host == host {
			delete(l.outlived, id)
			kept++
		}
	}
	if kept == 0 {
		return
	}
	l.Log.Warn("the map outputs on a host are lost", "host", host, "reason", reason)
	l.newEpoch()
	l.step(scheduler.OutputsLostOnHost{Host: host, Reason: text(reason)})
}

// unserved gives up the hosts whose service readers in a batch could not read from. News about an
// output that is not with a service any more is old.
func (l *loop) unserved(m *control.TasksEnded) {
	for _, g := range m.Stages {
		for _, d := range g.Details {
			f := d.GetFailure().GetFetch()
			if f == nil || !f.Service || f.OneBlock {
				continue
			}
			if e := l.writer(scheduler.ExecutorID(f.Executor)); e != nil && e.keeps() {
				l.giveUpHost(e.container.Host, d.Failure.Message)
			}
		}
	}
}

// tookTheFiles says whether a container ended in a way that says the same of its node's disks.
func tookTheFiles(r containers.Reason) bool {
	return r == containers.ReasonNodeLost || r == containers.ReasonDisks
}

// leftBehind notes a dropped shuffle for the hosts where only lost executors wrote: a living one
// deletes the files of all that were on its host. The next executor to come there does it; where
// none comes, the files go with the application.
func (l *loop) leftBehind(shuffles []int32) {
	for _, e := range l.outlived {
		host := e.container.Host
		if !l.anyoneOn(host) && !slices.Contains(l.undeleted[host], shuffles[0]) {
			l.undeleted[host] = append(l.undeleted[host], shuffles...)
		}
	}
}

func (l *loop) anyoneOn(host string) bool {
	return slices.ContainsFunc(l.executors, func(e *executor) bool {
		return e != nil && e.conn != nil && !e.gone && e.container.Host == host
	})
}

// tidyUp has a new executor delete what was left behind on its host, before it gets any task.
func (l *loop) tidyUp(e *executor) {
	host := e.container.Host
	if shuffles := l.undeleted[host]; len(shuffles) > 0 {
		delete(l.undeleted, host)
		e.conn.out.put(&control.ToExecutor{Message: &control.ToExecutor_Drop{
			Drop: &control.Drop{Shuffles: shuffles},
		}})
	}
}
