package shuffle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// writeOutput writes data file and index under temporary names in dir and renames them, the
// index last: it is the mark of a whole output. Nothing is synced: what a power failure
// takes, the checksums show, and the map task runs again.
func (w *Writer) writeOutput(dir *os.Root) (metas []BlockMeta, err error) {
	err = dir.Mkdir(shuffleDir(w.id.Shuffle), dirMode)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	data, index := dataName(w.id), indexName(w.id)
	defer func() {
		if err != nil {
			dir.Remove(data + ".tmp")
			dir.Remove(index + ".tmp")
			dir.Remove(data)
		}
	}()
	metas, err = w.writeData(dir, data+".tmp")
	if err != nil {
		return metas, err
	}
	if err = writeFile(dir, index+".tmp", w.encodeIndex(metas)); err != nil {
		return metas, err
	}
	if err = dir.Rename(data+".tmp", data); err != nil {
		return metas, err
	}
	return metas, dir.Rename(index+".tmp", index)
}

// writeData writes the blocks of all partitions, one after another.
func (w *Writer) writeData(dir *os.Root, name string) ([]BlockMeta, error) {
	file, err := dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return nil, err
	}
	w.buffer.finish()
	rewind(w.spills)
	sink := newBlockSink(file, w.codec)
	metas := make([]BlockMeta, len(w.buffer.parts))
	for p := range metas {
		if metas[p], err = w.writeWhole(sink.BlockWriter, p); err != nil {
			file.Close()
			return nil, fmt.Errorf("partition %d: %w", p, err)
		}
	}
	return metas, errors.Join(sink.out.Flush(), file.Close())
}

// encodeIndex returns the content of the index file.
func (w *Writer) encodeIndex(metas []BlockMeta) []byte {
	h := indexHeader{OutputID: w.id, sorted: w.sorted, partitions: len(metas)}
	for _, m := range metas {
		h.dataBytes += m.Bytes
		h.records += m.Records
		h.checksum += m.Checksum
	}
	b := make([]byte, indexHeaderSize+len(metas)*indexEntrySize)
	h.put(b)
	e := indexEntry{}
	for p, m := range metas {
		e.BlockMeta = m
		putEntry(b[indexHeaderSize+p*indexEntrySize:], b, p, e)
		e.offset += m.Bytes
	}
	return b
}

func writeFile(dir *os.Root, name string, content []byte) error {
	f, err := dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
