package shuffle

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// block returns an encoded block and its meta data.
func encodedBlock(t testing.TB, codec Codec, recs []rec) ([]byte, BlockMeta) {
	t.Helper()
	var out bytes.Buffer
	w := NewBlockWriter(&out, codec)
	for _, r := range recs {
		if err := w.Add([]byte(r.key), []byte(r.value)); err != nil {
			t.Fatal(err)
		}
	}
	meta, err := w.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), meta
}

// FuzzBlock reads hostile frames. Whatever they say, a batch holds as many records as it
// announces and is not much larger than what it was made from.
func FuzzBlock(f *testing.F) {
	for _, codec := range []Codec{CodecNone, CodecZstd} {
		b, meta := encodedBlock(f, codec, flipRecords())
		f.Add(b, meta.Records, meta.Checksum, meta.Headers)
		f.Add(b[:len(b)-1], meta.Records, meta.Checksum, meta.Headers)
	}
	f.Add(bombBlock(4<<20), int64(1), uint64(0), uint32(0))
	f.Fuzz(func(t *testing.T, b []byte, records int64, checksum uint64, headers uint32) {
		b = bytes.Clone(b)
		resealFrames(b)
		r := NewBlockReader(bytes.NewReader(b), BlockMeta{int64(len(b)), records, checksum, headers})
		for {
			batch, err := r.Next()
			if err != nil {
				return
			}
			if batch.Bytes() > max(bombFree, bombRatio*len(b)) {
				t.Fatalf("%d bytes made of %d", batch.Bytes(), len(b))
			}
			n := 0
			batch.Each(func(_, _ []byte) { n++ })
			if n != batch.Records {
				t.Fatalf("%d records, announced %d", n, batch.Records)
			}
		}
	})
}

// resealFrames makes the CRCs right, so that the fuzzer gets beyond them.
func resealFrames(b []byte) {
	for len(b) >= headerSize {
		h, err := parseHeader(b, int64(len(b)-headerSize))
		if err != nil {
			return
		}
		h.put(b, b[headerSize:headerSize+h.stored])
		b = b[headerSize+h.stored:]
	}
}

// bombBlock is one frame that says it grows to raw bytes.
func bombBlock(raw int) []byte {
	stored := zstdEncoder().EncodeAll(make([]byte, raw), nil)
	b := append(make([]byte, headerSize), stored...)
	frameHeader{codec: CodecZstd, raw: raw, stored: len(stored), records: 1}.put(b, stored)
	return b
}

// A decompression bomb is refused by its header, and one with a modest header by its size.
func TestDecompressionBomb(t *testing.T) {
	t.Parallel()
	honest := bombBlock(8 << 20)
	lying := bombBlock(8 << 20)
	h, _ := parseHeader(lying, 1<<40)
	h.raw = 1 << 20
	h.put(lying, lying[headerSize:])
	for name, b := range map[string][]byte{"honest": honest, "lying": lying} {
		_, err := NewBlockReader(bytes.NewReader(b), BlockMeta{Bytes: int64(len(b))}).Next()
		if !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s bomb: %v", name, err)
		}
	}
}

// FuzzIndex reads hostile index files: entries lie within the data file, in order.
func FuzzIndex(f *testing.F) {
	id := OutputID{1, 2, 3}
	for _, members := range [][]MapID{nil, {2}, {2, 3, 200, 100_000}} {
		o := outputFile{id: id, members: members}
		f.Add(o.encodeIndex([]BlockMeta{{10, 1, 5, 6}, {}, {90, 3, 7, 8}}), int64(100), 0, 3)
		f.Add(o.encodeIndex([]BlockMeta{{}}), int64(0), 0, 1)
	}
	f.Fuzz(func(t *testing.T, b []byte, size int64, first, last int) {
		h, raw, err := readIndexHeader(bytes.NewReader(b), id, int64(len(b)), size)
		if err != nil {
			return
		}
		entries, err := readEntries(bytes.NewReader(b), h, raw[:], first, last)
		if err != nil {
			return
		}
		end := int64(0)
		for _, e := range entries {
			if e.offset < end || e.Bytes < 0 || e.offset+e.Bytes > size {
				t.Fatalf("block at %d+%d of %d, after %d", e.offset, e.Bytes, size, end)
			}
			end = e.offset + e.Bytes
		}
		members, err := readMembers(bytes.NewReader(b), h)
		if err == nil && !slices.IsSorted(members) {
			t.Fatalf("members %v", members)
		}
	})
}

// An index whose checksums hold but whose numbers lie is refused.
func TestLyingIndex(t *testing.T) {
	t.Parallel()
	id := OutputID{1, 2, 3}
	w := &outputFile{id: id}
	for _, tt := range []struct {
		name string
		e    indexEntry
	}{
		{"beyond the file", indexEntry{0, BlockMeta{Bytes: 101}}},
		{"begins beyond the file", indexEntry{101, BlockMeta{}}},
		{"negative offset", indexEntry{-1, BlockMeta{Bytes: 1}}},
		{"negative length", indexEntry{50, BlockMeta{Bytes: -1}}},
		{"overflow", indexEntry{1, BlockMeta{Bytes: 1<<63 - 1}}},
		{"negative count", indexEntry{0, BlockMeta{Bytes: 1, Records: -1}}},
		{"gap", indexEntry{3, BlockMeta{Bytes: 1}}},
	} {
		b := w.encodeIndex([]BlockMeta{{Bytes: 0}, {Bytes: 100}})
		putEntry(b[indexHeaderSize+indexEntrySize:], b, 1, tt.e)
		h, raw, err := readIndexHeader(bytes.NewReader(b), id, int64(len(b)), 100)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readEntries(bytes.NewReader(b), h, raw[:], 0, 2); err == nil {
			t.Errorf("%s: believed", tt.name)
		}
	}
}

// FuzzRequest decodes hostile requests; what is accepted encodes to what was read.
func FuzzRequest(f *testing.F) {
	f.Add(request{kind: kindOutput, shuffle: 7, items: []item{
		{mapID: 1, attempt: 2, first: 3, count: 4}, {mapID: 5, attempt: 6, first: 7, count: 8},
	}}.encode())
	f.Add(request{kind: kindCached, items: []item{{cached: CachedID{1, 2}, count: 1}}}.encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= requestSize {
			b = bytes.Clone(b)
			seal(b, requestSize)
		}
		q, err := readRequest(bytes.NewReader(b))
		if err != nil {
			return
		}
		if len(q.items) < 1 || len(q.items) > maxItems {
			t.Fatalf("%d items", len(q.items))
		}
		again, err := readRequest(bytes.NewReader(q.encode()))
		if d := cmp.Diff(q, again, cmp.AllowUnexported(request{}, item{})); d != "" || err != nil {
			t.Fatal(err, d)
		}
	})
}

// readRequest reads a request. It returns io.EOF if the connection ended before one.
func readRequest(r io.Reader) (request, error) {
	head, err := readRequestHead(r)
	if err != nil {
		return request{}, err
	}
	return readItems(r, head)
}

// FuzzAnswer decodes hostile answers.
func FuzzAnswer(f *testing.F) {
	f.Add(encodeAnswer([]BlockMeta{{1, 2, 3, 4}, {}}), 2)
	f.Add(encodeFailure(statusNotFound, "no such block"), 1)
	f.Fuzz(func(t *testing.T, b []byte, count int) {
		if len(b) >= answerSize {
			b = bytes.Clone(b)
			seal(b, answerSize)
		}
		metas, err := readAnswer(bytes.NewReader(b), count%maxBlocks)
		for _, m := range metas {
			if m.Bytes < 0 || m.Records < 0 || err != nil {
				t.Fatalf("%+v, %v", m, err)
			}
		}
	})
}

// The golden files are what is written today, and those with an index of version 1 stay readable.
func TestGoldenFiles(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		c    WriterConfig
	}{
		{"plain", WriterConfig{}},
		{"sorted", WriterConfig{Sorted: true}},
		{"zstd", WriterConfig{Codec: CodecZstd}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.c.Store, tt.c.Partitions = newStore(t), 4
			tt.c.Shuffle, tt.c.Map, tt.c.Attempt = 1, 2, 3
			out := writeOutput(t, tt.c, flipRecords())
			for ext, name := range map[string]string{
				"data": dataName(out.OutputID), "index": indexName(out.OutputID),
			} {
				golden(t, filepath.Join("testdata", tt.name+"."+ext), find(t, tt.c.Store, name),
					tt.c.Codec == CodecNone)
			}
			checkGolden(t, tt.c.Store)
			f, err := tt.c.Store.OpenOutput(context.Background(), out.OutputID)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if f.sorted != tt.c.Sorted {
				t.Errorf("sorted is %v", f.sorted)
			}
			old, err := os.ReadFile(filepath.Join("testdata", "v1", tt.name+".index"))
			if err != nil {
				t.Fatal(err)
			}
			index := find(t, tt.c.Store, indexName(out.OutputID))
			if err := os.WriteFile(index, old, 0o644); err != nil {
				t.Fatal(err)
			}
			checkGolden(t, tt.c.Store)
		})
	}
}

// checkGolden reads the output that a golden file became.
func checkGolden(t *testing.T, store *Store) {
	t.Helper()
	got, err := read(ReaderConfig{Store: store, Shuffle: 1, Last: 4, Partitions: 4,
		Locations: []Location{{Map: 2, Attempt: 3}}})
	if d := cmp.Diff(sortedRecs(flipRecords()), sortedRecs(got),
		cmp.AllowUnexported(rec{})); d != "" || err != nil {
		t.Error(err, d)
	}
}
