package am

import (
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
)

// files says for one shuffle which of its map outputs share a file with others: by map task, one
// more than the number of the map task whose name the file has, and 0 for a file of its own. Only
// first attempts share files, and a map task has one first attempt: what is noted stays true, and
// means nothing for an output of a later attempt.
type files []int32

// keepFile notes the file of an accepted map output. The stage's last job may have ended meanwhile:
// another one will look for the output.
func (l *loop) keepFile(t dag.Task, g *control.StageEnds, i int) {
	if i >= len(g.Files) || g.Files[i] < 0 || t.Attempt != 0 {
		return
	}
	id := dag.ShuffleID(g.Shuffle)
	list := l.files[id]
	if more := int(t.Partition) + 1 - len(list); more > 0 {
		list = append(list, make(files, more)...)
	}
	list[t.Partition] = g.Files[i] + 1
	l.files[id] = list
}

// of gives the file of an output as executors are told.
func (f files) of(partition int, attempt int32) int32 {
	if attempt != 0 || partition >= len(f) {
		return -1
	}
	return f[partition] - 1
}
