package shuffle

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
)

// hundred fills records of 100 bytes with random keys, as the sort benchmarks use them.
type hundred struct {
	random *rand.Rand
	key    [10]byte
	value  [88]byte // two bytes of lengths make it 100
}

func newHundred() *hundred { return &hundred{random: rand.New(rand.NewPCG(1, 2))} }

func (h *hundred) next() {
	binary.BigEndian.PutUint64(h.key[:], h.random.Uint64())
}

const benchRecords = 200_000

func fill(b *testing.B, c WriterConfig) Output {
	w, err := NewWriter(c)
	if err != nil {
		b.Fatal(err)
	}
	defer w.Abort()
	h := newHundred()
	for range benchRecords {
		h.next()
		p := int(h.key[7]) * c.Partitions / 256
		if err := w.Add(p, h.key[:], h.value[:]); err != nil {
			b.Fatal(err)
		}
	}
	out, err := w.Commit()
	if err != nil {
		b.Fatal(err)
	}
	return out
}

func drain(b *testing.B, c ReaderConfig) (n int) {
	r, err := NewReader(context.Background(), c)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	for {
		batch, err := r.Next()
		if err == io.EOF {
			return n
		}
		if err != nil {
			b.Fatal(err)
		}
		for cur := batch.Cursor(); cur.Next(); {
			n += len(cur.Key()) + len(cur.Value())
		}
	}
}

// BenchmarkWriteRead writes and reads 100-byte records: MB/s on one core.
func BenchmarkWriteRead(b *testing.B) {
	for _, c := range []WriterConfig{
		{Partitions: 1}, {Partitions: 200}, {Partitions: 200, Sorted: true},
		{Partitions: 200, Codec: CodecZstd}, {Partitions: 10_000},
	} {
		b.Run(fmt.Sprintf("partitions=%d/sorted=%v/codec=%v", c.Partitions, c.Sorted, c.Codec),
			func(b *testing.B) {
				c.Store = newStore(b)
				b.SetBytes(100 * benchRecords)
				for b.Loop() {
					fill(b, c)
					drain(b, ReaderConfig{Store: c.Store, Last: c.Partitions,
						Locations: []Location{{}}})
				}
			})
	}
}

// BenchmarkWrite is the map side alone, BenchmarkRead the reduce side.
func BenchmarkWrite(b *testing.B) {
	store := newStore(b)
	b.SetBytes(100 * benchRecords)
	for b.Loop() {
		fill(b, WriterConfig{Store: store, Partitions: 200})
	}
}

func BenchmarkRead(b *testing.B) {
	store := newStore(b)
	fill(b, WriterConfig{Store: store, Partitions: 200})
	b.SetBytes(100 * benchRecords)
	for b.Loop() {
		drain(b, ReaderConfig{Store: store, Last: 200, Locations: []Location{{}}})
	}
}

// BenchmarkFetch reads over loopback, by size of block: client and server share the cores.
func BenchmarkFetch(b *testing.B) {
	for _, partitions := range []int{1, 256, 4096} {
		b.Run(fmt.Sprintf("block=%d", 100*benchRecords/partitions), func(b *testing.B) {
			store := newStore(b)
			addr, _ := serve(b, ServerConfig{Source: store})
			client := newClient(b, ClientConfig{})
			fill(b, WriterConfig{Store: store, Partitions: partitions})
			b.SetBytes(100 * benchRecords)
			for b.Loop() {
				drain(b, ReaderConfig{Client: client, Last: partitions,
					Locations: []Location{{Addr: addr}}})
			}
		})
	}
}

// BenchmarkSort sorts 100-byte records in memory.
func BenchmarkSort(b *testing.B) {
	store := newStore(b)
	b.SetBytes(100 * benchRecords)
	for b.Loop() {
		s, err := NewSorter(SorterConfig{Store: store})
		if err != nil {
			b.Fatal(err)
		}
		h := newHundred()
		for range benchRecords {
			h.next()
			if err := s.Add(h.key[:], h.value[:]); err != nil {
				b.Fatal(err)
			}
		}
		r, err := s.Sort()
		if err != nil {
			b.Fatal(err)
		}
		for r.Next() {
		}
		r.Close()
	}
}
