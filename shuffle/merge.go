package shuffle

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Merge reads the blocks of a shuffle written with Sorted and returns their records as one
// stream ordered by key. Fetched blocks are held within c.Memory; beyond it they are merged
// into sorted runs on the local disk, so c.Store is required. A range of several partitions
// is merged as one. Records of equal keys come in no particular order.
func Merge(ctx context.Context, c ReaderConfig) (*Records, error) {
	if c.Store == nil {
		return nil, fmt.Errorf("merge shuffle %d: a Store is required", c.Shuffle)
	}
	if err := c.complete(); err != nil {
		return nil, err
	}
	if c.Memory == nil {
		c.Memory = NewBudget(ownMemory)
	}
	local, remote, err := c.split(c.Locations)
	if err != nil {
		return nil, err
	}
	m := &gathering{c: c, ctx: ctx}
	records, err := m.run(local, remote)
	if err != nil {
		m.close()
		return nil, orDefault(context.Cause(ctx), err)
	}
	return records, nil
}

// gathering collects the runs of a merge. There are three kinds: large local blocks, which
// are read from their file while the merge goes on; blocks in memory; and spills of merged
// blocks, made when memory ran out.
type gathering struct {
	c      ReaderConfig
	ctx    context.Context
	runs   []*run // of local blocks in their files
	files  []*OutputFile
	pieces map[block][][]byte // in memory, frames of a block in order
	order  []block            // of pieces
	spills spiller            // only its spills are used
	stats  ReaderStats

	granted   int64 // of the memory, all in all
	spillable int64 // of it, for pieces
}

// block names a block within a reader.
type block struct {
	mapID     MapID
	partition int
}

// maxOpenBlocks bounds the local blocks merged straight from their files: each costs two
// descriptors and a frame.
const maxOpenBlocks = 256

// run gathers everything and returns the merge.
func (g *gathering) run(local, remote []Location) (*Records, error) {
	g.pieces = map[block][][]byte{}
	g.spills = spiller{codec: CodecNone, buffer: newBuffer(g.c.Store, g.c.Memory, 1, true)}
	rest, err := g.openLarge(local)
	if err != nil {
		return nil, err
	}
	r := newReader(g.ctx, g.c, rest, remote)
	err = g.gather(r)
	if closed := r.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}
	g.stats.add(r.Stats())
	if err := g.openSpills(); err != nil {
		return nil, fmt.Errorf("merge shuffle %d: %w", g.c.Shuffle, err)
	}
	runs := append(spilledRuns(g.spills.spills, 0), append(g.runs, g.inMemory()...)...)
	tree, err := newLoserTree(runs)
	if err != nil {
		return nil, err
	}
	return &Records{
		merged: merged{tree: tree},
		stats:  func() ReaderStats { return g.stats },
		close:  []func() error{g.close},
	}, nil
}

// openLarge opens the local blocks of several frames, as many as may be open at once, and
// returns the locations of all others.
func (g *gathering) openLarge(local []Location) (rest []Location, err error) {
	for _, loc := range local {
		if len(g.runs) >= maxOpenBlocks || loc.Maps != nil { // a group's block is many runs
			rest = append(rest, loc)
			continue
		}
		large, err := g.openBlocks(loc)
		if err != nil {
			return nil, err
		}
		if !large {
			rest = append(rest, loc)
		}
	}
	return rest, nil
}

// openBlocks adds the blocks of a location as runs, if they are large and there is memory
// for a frame of each.
func (g *gathering) openBlocks(loc Location) (bool, error) {
	file, entries, err := g.c.openLocal(g.ctx, loc)
	if err != nil {
		return false, err
	}
	var bytes int64
	for _, e := range entries {
		bytes += e.Bytes
	}
	need := int64(len(entries)) * frameTarget
	if bytes < 2*need || !g.c.Memory.Grow(need) {
		return false, file.Close()
	}
	g.granted += need
	g.files = append(g.files, file)
	for i, e := range entries {
		if e.Bytes == 0 {
			continue
		}
		g.runs = append(g.runs, &run{more: g.streamed(file.block(e), loc, g.c.First+i)})
		g.stats.LocalBlocks++
		g.stats.LocalBytes += e.Bytes
		g.stats.Records += e.Records
		g.c.count(e.Records)
	}
	return true, nil
}

// streamed is a run's source over a local block; its errors are fetch failures.
func (g *gathering) streamed(b *BlockReader, loc Location, part int) func() ([]byte, error) {
	return func() ([]byte, error) {
		if err := g.ctx.Err(); err != nil {
			return nil, err
		}
		batch, err := b.Next()
		if err != nil && err != io.EOF {
			err = g.c.localFailure(loc, part, err)
		}
		return batch.payload, err
	}
}

// gather takes all that r reads into memory and, as often as that is used up, to disk.
func (g *gathering) gather(r *Reader) error {
	for {
		batch, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		n := int64(batch.Bytes())
		if !g.c.Memory.Grow(n) {
			if err := g.spill(); err != nil {
				return fmt.Errorf("merge shuffle %d: %w", g.c.Shuffle, err)
			}
			if !g.c.Memory.Grow(n) {
				n = 0 // nothing left to spill: one frame goes beyond the budget
			}
		}
		g.granted += n
		g.spillable += n
		batch.each(func(m MapID, rows []byte) { g.keep(block{m, batch.Partition}, rows) })
	}
}

// keep keeps rows of a block in memory.
func (g *gathering) keep(at block, rows []byte) {
	if g.pieces[at] == nil {
		g.order = append(g.order, at)
	}
	g.pieces[at] = append(g.pieces[at], rows)
}

// inMemory returns the runs of what is in memory. The first frames of a sorted block are
// sorted too, so a block may be cut anywhere.
func (g *gathering) inMemory() []*run {
	var runs []*run
	for _, at := range g.order {
		runs = append(runs, &run{more: payloads(g.pieces[at])})
	}
	clear(g.pieces)
	g.order = nil
	return runs
}

// spill merges what is in memory into one run on disk.
func (g *gathering) spill() error {
	if len(g.order) == 0 {
		return nil
	}
	runs := g.inMemory()
	one, err := writeSpill(g.c.Store, CodecNone, 1, func(w *BlockWriter, _ int) error {
		return g.spills.writeMerged(w, runs)
	})
	if err != nil {
		return err
	}
	g.spills.spills = append(g.spills.spills, one)
	g.c.Memory.Shrink(g.spillable)
	g.granted -= g.spillable
	g.spillable = 0
	return g.spills.compact()
}

// openSpills makes the spills ready to be merged, within the memory: if there is none left for
// them, what is in memory goes to disk too.
func (g *gathering) openSpills() error {
	need := int64(len(g.spills.spills)) * spillCost
	if need > 0 && !g.c.Memory.Grow(need) {
		if err := g.spill(); err != nil {
			return err
		}
		if need = int64(len(g.spills.spills)) * spillCost; !g.c.Memory.Grow(need) {
			need = 0
		}
	}
	g.granted += need
	rewind(g.spills.spills)
	return nil
}

// close gives memory, files and spills back.
func (g *gathering) close() error {
	g.c.Memory.Shrink(g.granted)
	g.granted = 0
	g.spills.drop()
	var failed []error
	for _, f := range g.files {
		failed = append(failed, f.Close())
	}
	g.files = nil
	return errors.Join(failed...)
}

// add adds what another reader counted.
func (s *ReaderStats) add(o ReaderStats) {
	s.LocalBlocks += o.LocalBlocks
	s.RemoteBlocks += o.RemoteBlocks
	s.LocalBytes += o.LocalBytes
	s.RemoteBytes += o.RemoteBytes
	s.Records += o.Records
	s.Retries += o.Retries
	s.FetchWait += o.FetchWait
}
