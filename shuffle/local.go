package shuffle

import (
	"context"
	"fmt"
	"io"
)

// localReader reads the blocks whose files are on this host, one after another.
type localReader struct {
	*ReaderConfig
	ctx           context.Context
	locs          []Location // to be read
	loc           Location   // of file
	file          *OutputFile
	entries       []indexEntry // of file, to be read
	part          int          // of block
	block         *BlockReader
	blocks, bytes int64
}

// next returns the next batch, or io.EOF.
func (l *localReader) next() (Batch, error) {
	for {
		if l.block == nil {
			if err := l.advance(); err != nil {
				return Batch{}, err
			}
		}
		batch, err := l.block.Next()
		if err == nil {
			batch.Map, batch.Partition = l.loc.Map, l.part
			return batch, nil
		}
		if err != io.EOF {
			return Batch{}, l.localFailure(l.loc, l.part, err)
		}
		l.block = nil
	}
}

// advance moves to the next block that is not empty.
func (l *localReader) advance() error {
	for {
		for len(l.entries) > 0 {
			e := l.entries[0]
			l.part, l.entries = l.Last-len(l.entries), l.entries[1:]
			if e.Bytes > 0 {
				l.block = l.file.block(e)
				l.block.wanted = l.loc.Maps
				l.blocks++
				l.bytes += e.Bytes
				return nil
			}
		}
		if err := l.open(); err != nil {
			return err
		}
	}
}

// open moves to the next file.
func (l *localReader) open() error {
	if err := l.close(); err != nil {
		return err
	}
	if len(l.locs) == 0 {
		return io.EOF
	}
	if err := l.ctx.Err(); err != nil {
		return err
	}
	l.loc, l.locs = l.locs[0], l.locs[1:]
	file, entries, err := l.openLocal(l.ctx, l.loc)
	if err != nil {
		return err
	}
	l.file, l.entries = file, entries
	return nil
}

func (l *localReader) close() error {
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file, l.entries, l.block = nil, nil, nil
	return err
}

// openLocal opens an output on this host and reads the index entries of the partitions.
func (c *ReaderConfig) openLocal(ctx context.Context, loc Location) (*OutputFile, []indexEntry,
	error,
) {
	source := Source(c.Store)
	if c.Files != nil {
		source = c.Files
	}
	file, err := source.OpenOutput(ctx, OutputID{c.Shuffle, loc.Map, loc.Attempt})
	if err != nil {
		return nil, nil, c.localFailure(loc, c.First, err)
	}
	entries, err := file.entries(c.First, c.Last)
	if err == nil && c.Partitions != 0 && file.partitions != c.Partitions {
		err = fmt.Errorf("%w: it has %d partitions, the shuffle %d", ErrCorrupt, file.partitions,
			c.Partitions)
	}
	if err == nil {
		err = file.holds(loc)
	}
	if err != nil {
		file.Close()
		return nil, nil, c.localFailure(loc, c.First, err)
	}
	return file, entries, nil
}

// holds returns an error if the file lacks a map task whose rows are wanted from it.
func (f *OutputFile) holds(loc Location) error {
	if loc.Maps == nil {
		return nil
	}
	members, err := f.Members()
	if err != nil {
		return err
	}
	for _, id := range loc.Maps {
		if members = from(members, id); len(members) == 0 || members[0] != id {
			return fmt.Errorf("%w: %v has no rows of map %d", ErrCorrupt, f.OutputID, id)
		}
	}
	return nil
}

func (c *ReaderConfig) localFailure(loc Location, reduce int, cause error) error {
	return &FetchFailedError{Executor: loc.Executor, Shuffle: c.Shuffle, Map: loc.Map,
		Attempt: loc.Attempt, Maps: loc.Maps, Reduce: reduce, Cause: cause}
}
