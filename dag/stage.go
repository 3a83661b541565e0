package dag

import "github.com/weft-data/weft/resource"

// Stage is a chain of narrow operators between two shuffles: one task per partition and no
// exchange between them.
type Stage struct {
	// ID of a map stage stays the same over all jobs of the application; a result stage gets a
	// new one with each action.
	ID StageID
	// Name is for people: "reduceByKey at wordcount.go:21".
	Name string
	// Tasks is the number of the stage's partitions.
	Tasks int
	// Partitions is the ascending subset that a result stage computes (Take looks at few). Nil
	// means all; a subset that is empty but not nil is an action over nothing. Map stages
	// always compute all of theirs.
	Partitions []int32
	// Shuffle is what the stage writes, or NoShuffle for a result stage.
	Shuffle ShuffleID
	// Reduces is the number of partitions of that shuffle.
	Reduces int
	// Profile is what its executors have and its tasks take.
	Profile resource.ID
	// Parents are the shuffles the stage reads.
	Parents []Parent
	// Prefs says which hosts hold a partition's input. The zero value has no preference.
	Prefs Prefs
	// Cached are persisted datasets inside the stage, numbered by partition as the stage is: a
	// task prefers the executor that holds its partition's block of one of them.
	Cached []DatasetID
	// Deterministic says that a partition computed again holds the same records. Where it is
	// false, a map output lost after someone read from the stage makes the whole stage and
	// its readers start over, because two versions must not be mixed.
	Deterministic bool
}

// Parent is a shuffle that a stage reads.
type Parent struct {
	Shuffle ShuffleID
	// Aligned says that a partition of the stage reads the partition of the shuffle that has
	// its number, and no other.
	Aligned bool
	// Guards are persisted datasets between the shuffle and the stage, numbered by partition
	// as the stage is. While one of them is cached in all partitions that the stage
	// computes, the shuffle is not needed.
	Guards []DatasetID
}

// Result says whether the stage ends a job rather than feeding a shuffle.
func (s *Stage) Result() bool { return s.Shuffle == NoShuffle }

// Computed is the number of partitions that the stage computes.
func (s *Stage) Computed() int {
	if s.Partitions != nil {
		return len(s.Partitions)
	}
	return s.Tasks
}

// Prefs holds the preferred hosts of every partition in compressed rows: partition p prefers
// Hosts[i] for i in Index[Offsets[p]:Offsets[p+1]]. A million partitions of a file with three
// replicas cost 16 bytes each and no pointer for the garbage collector to follow.
type Prefs struct {
	Hosts   []string // each host once
	Racks   []string // the rack of each host, "" or a nil slice where not known
	Offsets []int32  // Tasks+1 entries, ascending from 0; nil: no preference at all
	Index   []int32
}

// Of gives the indexes into Hosts that partition p prefers, best first.
func (p *Prefs) Of(partition int32) []int32 {
	if p.Offsets == nil {
		return nil
	}
	return p.Index[p.Offsets[partition]:p.Offsets[partition+1]]
}

// None says whether no partition has a preference.
func (p *Prefs) None() bool { return len(p.Index) == 0 }

// MakePrefs compresses a list of hosts for each partition. Hosts come in the order of their
// first use, so equal input gives equal output.
func MakePrefs(hosts [][]string) Prefs {
	seen := make(map[string]int32)
	p := Prefs{Offsets: make([]int32, 1, len(hosts)+1)}
	for _, row := range hosts {
		for _, h := range row {
			i, ok := seen[h]
			if !ok {
				i = int32(len(p.Hosts))
				seen[h] = i
				p.Hosts = append(p.Hosts, h)
			}
			p.Index = append(p.Index, i)
		}
		p.Offsets = append(p.Offsets, int32(len(p.Index)))
	}
	return p
}
