package text

import (
	"slices"
	"strings"

	"github.com/weft-data/weft/fs"
)

// pack cuts every file and puts small pieces together, in order, up to most bytes a partition.
func pack(files []input, most int64) []Partition {
	var out []Partition
	var open Partition
	var filled int64
	flush := func() {
		if len(open) > 0 {
			out = append(out, open)
			open, filled = nil, 0
		}
	}
	for _, f := range files {
		for _, s := range cut(f, most) {
			if s.Length == 0 {
				continue // an empty file has no lines
			}
			if filled+s.Length > most || (len(open) > 0 && s.Offset > 0) {
				flush()
			}
			open = append(open, s)
			filled += s.Length + openCost
		}
	}
	flush()
	return out
}

// cut splits one file. A plain file is cut at the begin of each block, and a block larger than
// most once more into even pieces; blocks are put together while they fit.
func cut(f input, most int64) []Split {
	whole := Split{
		Path:     f.fs.URL(f.info.Path),
		Length:   f.info.Size,
		FileSize: f.info.Size,
		Codec:    f.codec,
	}
	if f.codec != Plain || f.info.Size <= most {
		whole.Hosts = hosts(f.blocks, 0, f.info.Size)
		return []Split{whole}
	}
	var out []Split
	begin := int64(0)
	for _, end := range cuts(f.blocks, f.info.Size, most) {
		s := whole
		s.Offset, s.Length = begin, end-begin
		s.Hosts = hosts(f.blocks, begin, end)
		out = append(out, s)
		begin = end
	}
	return out
}

// cuts are the ends of the pieces of a file.
func cuts(blocks []fs.Block, size, most int64) []int64 {
	var ends []int64
	begin := int64(0)
	for begin < size {
		end := begin
		for _, b := range blocks {
			if e := b.Offset + b.Length; e > end && e-begin <= most {
				end = e
			}
		}
		if end == begin {
			end = within(blocks, begin, size, most)
		}
		end = min(end, size)
		ends = append(ends, end)
		begin = end
	}
	return ends
}

// within ends a piece inside a block that is larger than most, so that the rest of the block
// divides evenly.
func within(blocks []fs.Block, begin, size, most int64) int64 {
	end := size
	for _, b := range blocks {
		if b.Offset <= begin && begin < b.Offset+b.Length {
			end = b.Offset + b.Length
		}
	}
	pieces := (end - begin + most - 1) / most
	return begin + (end-begin+pieces-1)/pieces
}

// maxHosts is how many hosts a split prefers.
const maxHosts = 3

// hosts lists the hosts that keep most bytes of a range, best first.
func hosts(blocks []fs.Block, begin, end int64) []string {
	kept := map[string]int64{}
	var names []string
	for _, b := range blocks {
		n := min(end, b.Offset+b.Length) - max(begin, b.Offset)
		if n <= 0 {
			continue
		}
		for _, h := range b.Hosts {
			if kept[h] == 0 {
				names = append(names, h)
			}
			kept[h] += n
		}
	}
	slices.SortStableFunc(names, func(a, b string) int {
		if kept[a] != kept[b] {
			return int(max(-1, min(1, kept[b]-kept[a])))
		}
		return strings.Compare(a, b)
	})
	return names[:min(len(names), maxHosts)]
}

// Hosts lists the hosts that keep most bytes of the partition, best first.
func (p Partition) Hosts() []string {
	if len(p) == 1 {
		return p[0].Hosts
	}
	var blocks []fs.Block
	var at int64
	for _, s := range p {
		blocks = append(blocks, fs.Block{Offset: at, Length: s.Length, Hosts: s.Hosts})
		at += s.Length
	}
	return hosts(blocks, 0, at)
}
