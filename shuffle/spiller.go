package shuffle

import "errors"

// spiller is a buffer that goes to disk, any number of times, when its memory is used up.
// Writer and Sorter are made of it.
type spiller struct {
	buffer  *buffer // nil after the end
	combine Combiner
	codec   Codec
	spills  []*spill
	merging int64 // of memory, for the spills while they are merged
	times   int   // spilled
	bytes   int64 // spilled
}

// add copies a record in, and spills first when there is no room.
func (s *spiller) add(partition int, key, value []byte) error {
	err := s.buffer.add(partition, key, value)
	if err == nil || !errors.Is(err, errFull) {
		return err
	}
	if err := s.spill(); err != nil {
		return err
	}
	return s.buffer.add(partition, key, value)
}

// spill writes the buffer to disk and empties it.
func (s *spiller) spill() error {
	s.buffer.finish()
	sp, err := writeSpill(s.buffer.store, s.codec, len(s.buffer.parts), s.writePart)
	if err != nil {
		return err
	}
	s.spills = append(s.spills, sp)
	s.times++
	s.bytes += sp.size
	s.buffer.reset()
	return s.compact()
}

// fanIn is how many spills are merged at once. Each open spill costs a file descriptor, a
// read buffer and a frame, so a task with thousands of them would exceed its memory.
const fanIn = 64

// compact merges the last spills into one when fanIn of one level have gathered: every
// record is rewritten once per level, and there are log64 of them.
func (s *spiller) compact() error {
	from := len(s.spills) - fanIn
	if from < 0 || s.spills[from].level != s.spills[len(s.spills)-1].level {
		return nil
	}
	group := s.spills[from:]
	rewind(group)
	one, err := writeSpill(s.buffer.store, s.codec, len(s.buffer.parts),
		func(w *BlockWriter, p int) error { return s.writeSpills(w, group, p) })
	if err != nil {
		return err
	}
	one.level = group[0].level + 1
	for _, sp := range group {
		sp.close()
	}
	s.spills = append(s.spills[:from], one)
	return s.compact()
}

// spillCost is what an open spill takes of memory while it is merged.
const spillCost = spillBuffer + frameTarget

// openSpills makes the spills ready to be merged, within the memory: if there is none left for
// them, the buffer goes to disk too. What few spills need beyond that, fanIn bounds.
func (s *spiller) openSpills() error {
	s.buffer.finish()
	need := int64(len(s.spills)) * spillCost
	if need > 0 && !s.buffer.memory.Grow(need) {
		if s.buffer.records > 0 {
			if err := s.spill(); err != nil {
				return err
			}
		}
		if need = int64(len(s.spills)) * spillCost; !s.buffer.memory.Grow(need) {
			need = 0
		}
	}
	s.merging += need
	rewind(s.spills)
	return nil
}

func rewind(spills []*spill) {
	for _, sp := range spills {
		sp.rewind()
	}
}

// writeSpills appends what the spills hold of a partition to w.
func (s *spiller) writeSpills(w *BlockWriter, spills []*spill, p int) error {
	if s.buffer.sorting {
		return s.writeMerged(w, spilledRuns(spills, p))
	}
	for _, sp := range spills {
		if err := sp.copyFrames(w, p); err != nil {
			return err
		}
	}
	return nil
}

// writePart appends the buffer's records of a partition to w, sorted if they are to be.
func (s *spiller) writePart(w *BlockWriter, p int) error {
	if s.buffer.parts[p].records == 0 {
		return nil
	}
	if !s.buffer.sorting {
		return s.buffer.writeTo(w, p)
	}
	if s.combine != nil {
		return s.writeMerged(w, []*run{s.buffer.run(p)})
	}
	for _, r := range s.buffer.sortRefs(p) {
		if err := w.addEncoded(s.buffer.encoded(r), 1); err != nil {
			return err
		}
	}
	return nil
}

// writeMerged merges runs into w.
func (s *spiller) writeMerged(w *BlockWriter, runs []*run) error {
	tree, err := newLoserTree(runs)
	if err != nil {
		return err
	}
	m := merged{tree: tree, combine: s.combine}
	for {
		more, err := m.next()
		if err != nil || !more {
			return err
		}
		if err := w.addRecord(m.key, m.value, s.combine != nil); err != nil {
			return err
		}
	}
}

// writeWhole appends all records of a partition to w, from the spills and from the buffer,
// and returns its meta data. Partitions are asked for in turn.
func (s *spiller) writeWhole(w *BlockWriter, p int) (BlockMeta, error) {
	if err := s.writeAll(w, p); err != nil {
		return BlockMeta{}, err
	}
	meta, err := w.Finish()
	if s.combine == nil { // the hashes of arrival, not of what is left after the merge
		meta.Checksum = s.buffer.parts[p].checksum
	}
	return meta, err
}

func (s *spiller) writeAll(w *BlockWriter, p int) error {
	switch {
	case len(s.spills) == 0:
		return s.writePart(w, p)
	case s.buffer.sorting:
		return s.writeMerged(w, s.runs(p))
	}
	if err := s.writeSpills(w, s.spills, p); err != nil {
		return err
	}
	return s.writePart(w, p)
}

// runs returns the partition's sorted runs, in order of arrival.
func (s *spiller) runs(p int) []*run {
	runs := spilledRuns(s.spills, p)
	if s.buffer.parts[p].records > 0 {
		runs = append(runs, s.buffer.run(p))
	}
	return runs
}

func spilledRuns(spills []*spill, p int) []*run {
	var runs []*run
	for _, sp := range spills {
		if sp.metas[p].Bytes > 0 {
			runs = append(runs, &run{more: batches(sp.next(p))})
		}
	}
	return runs
}

// drop frees memory and files.
func (s *spiller) drop() {
	if s.buffer == nil {
		return
	}
	s.buffer.reset()
	s.buffer.memory.Shrink(s.merging)
	s.buffer, s.merging = nil, 0
	for _, sp := range s.spills {
		sp.close()
	}
	s.spills = nil
}
