package plan

import "fmt"

// Piece is the largest single thing that a stage carries to its executors.
type Piece struct {
	What  string // "the parameters of map at main.go:21"
	Bytes int
}

// String names the piece and its size.
func (p Piece) String() string { return fmt.Sprintf("%s (%d KiB)", p.What, (p.Bytes+1023)>>10) }

// largest finds what makes a fragment large.
func (f *Fragment) largest() Piece {
	most := Piece{What: "the parameters of " + f.Target.Label, Bytes: len(f.Target.Params)}
	for i := range f.Nodes {
		n := &f.Nodes[i]
		for _, p := range []Piece{
			{What: "the parameters of " + n.Label, Bytes: len(n.Params)},
			{What: "the partitions of " + n.Label, Bytes: len(n.Parts.data)},
		} {
			if p.Bytes > most.Bytes {
				most = p
			}
		}
	}
	return most
}
