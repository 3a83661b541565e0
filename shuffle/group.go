package shuffle

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Group is the outputs of several map tasks of one shuffle that are to become one file pair.
// Where there are many map tasks and many reduces, a file for each map task makes their product
// of tiny blocks, and reading them costs more than what is in them; a file of a hundred makes a
// hundredth of it, each a hundred times as large.
//
//	Writer with Hold ─ Commit ─▶ Output, held ─ Add ─▶ Group ─ Seal ─▶ one data file, one index
//
// A member joins whole, after its task has succeeded, and not at all if that failed: nothing of
// a failed task ever needs to be cut out of a file. The members are of the same attempt, so that
// the file is found by the ids of its first and the attempt. A Group belongs to one goroutine at
// a time.
type Group struct {
	store      *Store
	shuffle    ShuffleID
	attempt    AttemptID
	partitions int
	sorted     bool
	codec      Codec
	members    []member
	bytes      int64 // of memory
}

type member struct {
	mapID MapID
	*rowLog
}

// NewGroup returns an empty group for outputs that were written with c, whose Map says nothing.
func NewGroup(c WriterConfig) *Group {
	return &Group{store: c.Store, shuffle: c.Shuffle, attempt: c.Attempt,
		partitions: c.Partitions, sorted: c.Sorted, codec: c.Codec}
}

// Add takes over the rows of a held output. Those of another shuffle or attempt are refused.
func (g *Group) Add(o *Output) error {
	if !o.Held() || o.Shuffle != g.shuffle || o.Attempt != g.attempt {
		return fmt.Errorf("group of shuffle %d attempt %d: %v does not belong", g.shuffle, g.attempt,
			o.OutputID)
	}
	g.members = append(g.members, member{o.Map, o.held})
	g.bytes += o.held.granted
	o.held = nil
	return nil
}

// Len is the number of members, and Memory what they take of it.
func (g *Group) Len() int { return len(g.members) }

// Memory is the bytes of memory that the members take.
func (g *Group) Memory() int64 { return g.bytes }

// Drop gives the members up. After Seal it does nothing.
func (g *Group) Drop() {
	for _, m := range g.members {
		m.drop()
	}
	g.members, g.bytes = nil, 0
}

// Seal writes the file and makes it visible under its final name, which it returns; the group is
// empty then. After an error nothing is left.
func (g *Group) Seal() (OutputID, error) {
	if len(g.members) == 0 {
		return OutputID{}, errors.New("seal a group: it is empty")
	}
	defer g.Drop()
	slices.SortFunc(g.members, func(a, b member) int { return cmp.Compare(a.mapID, b.mapID) })
	f := outputFile{
		id:     OutputID{g.shuffle, g.members[0].mapID, g.attempt},
		sorted: g.sorted, codec: g.codec, partitions: g.partitions,
	}
	for _, m := range g.members {
		f.members = append(f.members, m.mapID)
	}
	order, ends := g.order()
	_, err := f.write(g.store, func() {}, func(w *BlockWriter, p int) (BlockMeta, error) {
		begin := uint32(0)
		if p > 0 {
			begin = ends[p-1]
		}
		return g.writeBlock(w, order[begin:ends[p]])
	})
	if err != nil {
		return OutputID{}, fmt.Errorf("seal a group of %d map tasks from %v on: %w", len(g.members),
			f.id, err)
	}
	return f.id, nil
}

// place says where a row is.
type place struct{ member, row uint32 }

// order sorts all rows by partition, and within it by member and arrival, by counting. ends are
// the ends of the partitions.
func (g *Group) order() (order []place, ends []uint32) {
	ends = make([]uint32, g.partitions+1)
	n := 0
	for _, m := range g.members {
		n += len(m.rows)
		for _, r := range m.rows {
			ends[r.part+1]++
		}
	}
	for p := range g.partitions {
		ends[p+1] += ends[p]
	}
	order = make([]place, n)
	for i, m := range g.members {
		for j, r := range m.rows {
			order[ends[r.part]] = place{uint32(i), uint32(j)}
			ends[r.part]++
		}
	}
	return order, ends[:g.partitions]
}

// writeBlock writes the rows of one partition.
func (g *Group) writeBlock(w *BlockWriter, rows []place) (BlockMeta, error) {
	if g.sorted {
		g.sort(rows)
	}
	for len(rows) > 0 {
		n := g.frame(w, rows)
		if err := w.flush(); err != nil {
			return BlockMeta{}, err
		}
		rows = rows[n:]
	}
	return w.Finish()
}

// sort orders each member's rows by key, those of equal keys by arrival.
func (g *Group) sort(rows []place) {
	slices.SortStableFunc(rows, func(x, y place) int {
		if x.member != y.member {
			return cmp.Compare(x.member, y.member)
		}
		log := g.members[x.member].rowLog
		return bytes.Compare(log.key(log.rows[x.row]), log.key(log.rows[y.row]))
	})
}

// frame puts as many rows into a frame as it should hold, behind their directory.
func (g *Group) frame(w *BlockWriter, rows []place) (n int) {
	directory, before := w.packed[:0], MapID(0)
	run, size := mapRun{mapID: g.members[rows[0].member].mapID}, 0
	for ; n < len(rows) && (n == 0 || size < frameTarget); n++ {
		m := g.members[rows[n].member]
		if m.mapID != run.mapID {
			directory = appendRun(directory, run, before)
			before, run = run.mapID, mapRun{mapID: m.mapID}
		}
		r := m.rows[rows[n].row]
		run.records++
		run.bytes += int(r.size)
		size += int(r.size)
		w.meta.Checksum += r.hash
	}
	directory = appendRun(directory, run, before)
	w.buf = binary.AppendUvarint(w.buf, uint64(len(directory)))
	w.buf = append(w.buf, directory...)
	for _, at := range rows[:n] {
		m := g.members[at.member]
		w.buf = append(w.buf, m.encoded(m.rows[at.row])...)
	}
	w.packed, w.records = directory, n
	return n
}
