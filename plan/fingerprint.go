package plan

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// Fingerprint identifies what a dataset holds by how it is made: operators, parameters and inputs,
// not the numbers that this run of the driver gave. Two runs of one program over the same input
// have equal fingerprints.
func Fingerprint(n *Node) string {
	sums := map[*Node][32]byte{}
	for _, m := range Lineage(n) {
		h := sha256.New()
		field(h.Write, []byte(m.Kind), []byte(m.Op), m.Params)
		for _, p := range m.Parts {
			field(h.Write, p.Data)
		}
		for _, in := range m.Inputs {
			sum := sums[in.Node]
			field(h.Write, sum[:])
		}
		field(h.Write, binary.AppendUvarint(nil, uint64(m.Partitions)))
		sums[m] = [32]byte(h.Sum(nil))
	}
	sum := sums[n]
	return hex.EncodeToString(sum[:16])
}

// field writes each part behind its length, so that no two lists of parts have the same bytes.
func field(write func([]byte) (int, error), parts ...[]byte) {
	for _, p := range parts {
		_, _ = write(binary.AppendUvarint(nil, uint64(len(p))))
		_, _ = write(p)
	}
}
