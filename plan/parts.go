package plan

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
)

// Parts are what the tasks of a source read, one for each partition. They lie in one piece of
// memory, and travel as one text of JSON (base64), because a stage may have 100,000 of them and
// each executor gets them all:
//
//	number (uvarint) | length (uvarint) of each | bytes of each
type Parts struct {
	data []byte
	ends []uint32 // in data
}

var errParts = errors.New("damaged parts of a source")

// Len is the number of partitions.
func (p Parts) Len() int { return len(p.ends) }

// At is what partition i reads. It must not be changed.
func (p Parts) At(i int) []byte {
	first := uint32(0)
	if i > 0 {
		first = p.ends[i-1]
	}
	return p.data[first:p.ends[i]:p.ends[i]]
}

// packParts copies the parts of a node; nobody can send as many bytes as 32 bits count.
func packParts(list []Part) Parts {
	size := 0
	for i := range list {
		size += len(list[i].Data)
	}
	p := Parts{data: make([]byte, 0, size), ends: make([]uint32, 0, len(list))}
	for i := range list {
		p.data = append(p.data, list[i].Data...)
		p.ends = append(p.ends, uint32(min(len(p.data), math.MaxUint32)))
	}
	return p
}

// IsZero leaves the parts of a dataset that is no source out of JSON.
func (p Parts) IsZero() bool { return len(p.ends) == 0 }

// MarshalJSON writes the drawn form.
func (p Parts) MarshalJSON() ([]byte, error) {
	if uint64(len(p.data)) > math.MaxUint32 {
		return nil, errors.New("the parts of a source have more than 4 GiB")
	}
	out := make([]byte, 0, len(p.data)+2*len(p.ends)+binary.MaxVarintLen64)
	out = binary.AppendUvarint(out, uint64(len(p.ends)))
	first := uint32(0)
	for _, end := range p.ends {
		out = binary.AppendUvarint(out, uint64(end-first))
		first = end
	}
	return json.Marshal(append(out, p.data...))
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (p *Parts) UnmarshalJSON(text []byte) error {
	var b []byte
	if err := json.Unmarshal(text, &b); err != nil {
		return err
	}
	count, n := binary.Uvarint(b)
	if b = b[max(n, 0):]; n <= 0 || count > uint64(len(b)) { // a length has at least one byte
		return errParts
	}
	ends, sum := make([]uint32, 0, count), uint64(0)
	for range count {
		size, n := binary.Uvarint(b)
		if n <= 0 || size > math.MaxUint32 {
			return errParts
		}
		if sum += size; sum > math.MaxUint32 {
			return errParts
		}
		ends, b = append(ends, uint32(sum)), b[n:]
	}
	if sum != uint64(len(b)) {
		return errParts
	}
	p.data, p.ends = b, ends
	return nil
}
