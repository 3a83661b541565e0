package shuffle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// outputFile is a data file and its index while they are written.
type outputFile struct {
	id         OutputID
	partitions int
	sorted     bool
	codec      Codec
	members    []MapID // of a group; nil: none
}

// write makes both files in the first directory that works. begin is called before each try;
// then block must write the partitions in turn.
func (o *outputFile) write(
	s *Store, begin func(), block func(w *BlockWriter, partition int) (BlockMeta, error),
) (metas []BlockMeta, err error) {
	err = s.try(s.first(o.id), func(dir *os.Root) error {
		begin()
		metas, err = o.writeIn(dir, block)
		return err
	})
	return metas, err
}

// writeIn writes data file and index under temporary names in dir and renames them, the
// index last: it is the mark of a whole output. Nothing is synced: what a power failure
// takes, the checksums show, and the map task runs again.
func (o *outputFile) writeIn(
	dir *os.Root, block func(w *BlockWriter, partition int) (BlockMeta, error),
) (metas []BlockMeta, err error) {
	err = dir.Mkdir(shuffleDir(o.id.Shuffle), dirMode)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	data, index := dataName(o.id), indexName(o.id)
	defer func() {
		if err != nil {
			dir.Remove(data + ".tmp")
			dir.Remove(index + ".tmp")
			dir.Remove(data)
		}
	}()
	metas, err = o.writeData(dir, data+".tmp", block)
	if err != nil {
		return metas, err
	}
	if err = writeFile(dir, index+".tmp", o.encodeIndex(metas)); err != nil {
		return metas, err
	}
	if err = dir.Rename(data+".tmp", data); err != nil {
		return metas, err
	}
	return metas, dir.Rename(index+".tmp", index)
}

// writeData writes the blocks of all partitions, one after another.
func (o *outputFile) writeData(
	dir *os.Root, name string, block func(w *BlockWriter, partition int) (BlockMeta, error),
) ([]BlockMeta, error) {
	file, err := dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return nil, err
	}
	sink := newBlockSink(file, o.codec)
	sink.grouped = o.members != nil
	metas := make([]BlockMeta, o.partitions)
	for p := range metas {
		if metas[p], err = block(sink.BlockWriter, p); err != nil {
			file.Close()
			return nil, fmt.Errorf("partition %d: %w", p, err)
		}
	}
	return metas, errors.Join(sink.out.Flush(), file.Close())
}

// encodeIndex returns the content of the index file.
func (o *outputFile) encodeIndex(metas []BlockMeta) []byte {
	members := encodeMembers(o.members)
	h := indexHeader{OutputID: o.id, sorted: o.sorted, partitions: len(metas), members: len(members)}
	for _, m := range metas {
		h.dataBytes += m.Bytes
		h.records += m.Records
		h.checksum += m.Checksum
	}
	b := make([]byte, h.membersAt(), h.membersAt()+int64(len(members)))
	h.put(b)
	e := indexEntry{}
	for p, m := range metas {
		e.BlockMeta = m
		putEntry(b[indexHeaderSize+p*indexEntrySize:], b, p, e)
		e.offset += m.Bytes
	}
	return append(b, members...)
}

func writeFile(dir *os.Root, name string, content []byte) error {
	f, err := dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
