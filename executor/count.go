package executor

import (
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
)

// detail is what a plain success does not have.
func detail(end *ended) *control.Detail {
	if end.err != nil {
		return &control.Detail{Failure: failure(end.err)}
	}
	if len(end.result.Accumulators) == 0 {
		return nil
	}
	d := &control.Detail{}
	for _, a := range end.result.Accumulators {
		d.Accumulators = append(d.Accumulators, &control.Accumulator{Id: a.ID, Value: a.Value})
	}
	return d
}

func outputBytes(end *ended) int64 {
	if end.err != nil || end.result.Output == nil {
		return 0
	}
	return end.result.Output.Bytes
}

// appendFile adds the file of an output to the list, which stays empty where none is shared.
func appendFile(list []int32, tasks int, end *ended) []int32 {
	if end.err != nil || end.result.Output == nil || end.file == ownFile {
		return list
	}
	for len(list) < tasks-1 {
		list = append(list, ownFile)
	}
	return append(list, end.file)
}

// appendSizes adds the size of each partition of a map output; zeros for a task without one.
func appendSizes(list []byte, end *ended, reduces int) []byte {
	out := end.result.Output
	if end.err != nil || out == nil || len(out.Partitions) != reduces {
		return append(list, make([]byte, reduces)...)
	}
	for i := range out.Partitions {
		list = append(list, byte(dag.MakeLogSize(out.Partitions[i].Bytes)))
	}
	return list
}

// count folds a success into the counters of its batch.
func count(g *control.StageEnds, r *Result) {
	c, from := g.Counters, &r.Counters
	c.RecordsIn += from.RecordsIn
	c.RecordsOut += from.RecordsOut
	c.BytesIn += from.BytesIn
	c.BytesOut += from.BytesOut
	c.FetchedLocal += from.FetchedLocal
	c.FetchedRemote += from.FetchedRemote
	c.FetchWait += from.FetchWait
	c.SpilledBytes += from.SpilledBytes
	if out := r.Output; out != nil {
		c.ShuffleRecords += out.Records
		c.ShuffleBytes += out.Bytes
		c.SpilledBytes += out.SpilledBytes
	}
}
