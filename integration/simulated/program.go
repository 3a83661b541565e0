package simulated

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/fs/commit"
)

// program is what the application computes: map stages over integers, and jobs that read them.
//
//	source p:   records mix(seed, stage, p, 0 … n)
//	map stage:  transforms each record and routes it to one of the shuffle's partitions
//	result:     transforms each record; the answer of a partition is the tally of its records
//
// Every shuffle has the same number of partitions, so any stage can read any of them.
type program struct {
	seed    uint64
	reduces int
	stages  []*stage // map stages, parents before children; index is StageID and ShuffleID
	jobs    []*job
	byID    map[dag.StageID]*stage // result stages too
}

// stage is one stage of the program.
type stage struct {
	spec    dag.Stage
	parents []*stage
	// chance makes the routing depend on the attempt: a stage that is not deterministic.
	chance bool
	// persisted is the dataset of the records read from this map stage's shuffle, or none.
	persisted dag.DatasetID
}

const noDataset dag.DatasetID = -1

// job is one action.
type job struct {
	spec    dag.Job
	result  *stage
	want    map[int32]tally // by computed partition
	anyWay  bool            // some stage is not deterministic: only the total is known
	saves   bool            // to files, by way of package commit
	submit  float64         // seconds
	cancel  bool            // a fault asked for its end
	started bool
	ended   bool
	err     error // how it ended
	got     map[int32]tally
	drivers int // that were followed by another while they committed
	// manifests are of the files that saving tasks wrote.
	manifests map[int32]*commit.Manifest
}

// tally says which records there are, whatever their order: their number, sum and xor.
type tally struct{ n, sum, xor uint64 }

func (t *tally) add(records ...uint64) {
	for _, r := range records {
		t.n++
		t.sum += r
		t.xor ^= r
	}
}

func (t *tally) join(u tally) { *t = tally{t.n + u.n, t.sum + u.sum, t.xor ^ u.xor} }

// mix is splitmix64's finalizer: every bit of the input changes about half of the output.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// source is the records of a stage without parents.
func (p *program) source(s *stage, partition int32) []uint64 {
	base := mix(p.seed ^ uint64(s.spec.ID)<<32 ^ uint64(partition))
	records := make([]uint64, 3+base%8)
	for i := range records {
		records[i] = mix(base + uint64(i))
	}
	return records
}

// transform is the stage's operator.
func (s *stage) transform(records []uint64) []uint64 {
	out := make([]uint64, len(records))
	for i, r := range records {
		out[i] = mix(r ^ uint64(s.spec.ID)<<48)
	}
	return out
}

// route deals a map task's records to the shuffle's partitions.
func (p *program) route(s *stage, records []uint64, attempt int32) [][]uint64 {
	out := make([][]uint64, p.reduces)
	for _, r := range records {
		key := r
		if s.chance {
			key = mix(r ^ uint64(attempt)<<8 ^ 0xa5)
		}
		b := key % uint64(p.reduces)
		out[b] = append(out[b], r)
	}
	return out
}

// answer computes a stage's records without tasks, shuffles or faults: one list for each of its
// partitions.
func (p *program) answer(s *stage) [][]uint64 {
	in := make([][]uint64, s.spec.Tasks)
	for i := range in {
		if len(s.parents) == 0 {
			in[i] = p.source(s, int32(i))
		}
	}
	for _, parent := range s.parents {
		for _, records := range p.answer(parent) {
			for b, part := range p.route(parent, records, 0) {
				in[b] = append(in[b], part...)
			}
		}
	}
	for i := range in {
		in[i] = s.transform(in[i])
	}
	return in
}

// newProgram draws a program of one to four map stages and one to three jobs.
func newProgram(r *rand.Rand, seed uint64) *program {
	p := &program{seed: seed, reduces: 2 + r.IntN(6), byID: make(map[dag.StageID]*stage)}
	for range 1 + r.IntN(4) {
		p.addMapStage(r)
	}
	for range 1 + r.IntN(3) {
		p.addJob(r)
	}
	return p
}

func (p *program) addMapStage(r *rand.Rand) {
	id := len(p.stages)
	s := &stage{chance: r.IntN(5) == 0, persisted: noDataset}
	s.spec = dag.Stage{
		ID: dag.StageID(id), Name: fmt.Sprintf("map %d", id), Tasks: 2 + r.IntN(12),
		Shuffle: dag.ShuffleID(id), Reduces: p.reduces, Deterministic: !s.chance,
	}
	if id > 0 && r.IntN(3) > 0 {
		p.read(r, s)
	} else {
		s.spec.Prefs = preferences(r, s.spec.Tasks)
	}
	if !s.uncertain() && r.IntN(3) == 0 {
		s.persisted = dag.DatasetID(id)
	}
	p.stages = append(p.stages, s)
	p.byID[s.spec.ID] = s
}

// read lets a stage read one or two of the map stages there are.
func (p *program) read(r *rand.Rand, s *stage) {
	s.spec.Tasks = p.reduces
	for _, i := range r.Perm(len(p.stages))[:min(len(p.stages), 1+r.IntN(2))] {
		parent := p.stages[i]
		s.parents = append(s.parents, parent)
		d := dag.Parent{Shuffle: parent.spec.Shuffle}
		if parent.persisted != noDataset {
			d.Guards = []dag.DatasetID{parent.persisted}
			s.spec.Cached = append(s.spec.Cached, parent.persisted)
		}
		s.spec.Parents = append(s.spec.Parents, d)
	}
}

// uncertain says whether the records' places depend on chance, here or above.
func (s *stage) uncertain() bool {
	return s.chance || slices.ContainsFunc(s.parents, (*stage).uncertain)
}

// addJob draws a job over the map stages there are, and knows its answer.
func (p *program) addJob(r *rand.Rand) *job {
	id := dag.JobID(len(p.jobs))
	s := &stage{persisted: noDataset}
	s.spec = dag.Stage{
		ID: dag.StageID(100 + id), Name: fmt.Sprintf("result %d", id),
		Shuffle: dag.NoShuffle, Deterministic: true,
	}
	p.read(r, s)
	j := &job{
		result: s, anyWay: s.uncertain(), saves: r.IntN(2) == 0, submit: 40 * r.Float64(),
		got: make(map[int32]tally), want: make(map[int32]tally),
		manifests: make(map[int32]*commit.Manifest),
	}
	if !j.anyWay && r.IntN(5) == 0 {
		s.spec.Partitions = subset(r, s.spec.Tasks)
	}
	j.spec = dag.Job{ID: id, Stages: p.above(s), Pool: []string{"", "a", "b"}[r.IntN(3)]}
	for i, records := range p.answer(s) {
		if _, computed := slices.BinarySearch(s.computed(), int32(i)); computed {
			var t tally
			t.add(records...)
			j.want[int32(i)] = t
		}
	}
	p.jobs = append(p.jobs, j)
	p.byID[s.spec.ID] = s
	return j
}

// above lists a result stage with all that it needs, parents first.
func (p *program) above(result *stage) (list []dag.Stage) {
	needed := make(map[*stage]bool)
	var mark func(*stage)
	mark = func(s *stage) {
		needed[s] = true
		for _, parent := range s.parents {
			mark(parent)
		}
	}
	mark(result)
	for _, s := range p.stages {
		if needed[s] {
			list = append(list, s.spec)
		}
	}
	return append(list, result.spec)
}

// computed are the partitions of a stage that are computed, ascending.
func (s *stage) computed() []int32 {
	if s.spec.Partitions != nil {
		return s.spec.Partitions
	}
	all := make([]int32, s.spec.Tasks)
	for i := range all {
		all[i] = int32(i)
	}
	return all
}

func subset(r *rand.Rand, n int) []int32 {
	list := []int32{}
	for i := range n {
		if r.IntN(2) == 0 {
			list = append(list, int32(i))
		}
	}
	return list
}

func preferences(r *rand.Rand, tasks int) dag.Prefs {
	rows := make([][]string, tasks)
	for i := range rows {
		for range r.IntN(3) {
			if h := hostName(r.IntN(hostCount)); !slices.Contains(rows[i], h) {
				rows[i] = append(rows[i], h)
			}
		}
	}
	return dag.MakePrefs(rows)
}

// claimSteady calls every stage deterministic, whether it is or not.
func (p *program) claimSteady() {
	for _, s := range p.stages {
		s.spec.Deterministic = true
	}
	for _, j := range p.jobs {
		j.spec.Stages = p.above(j.result)
	}
}
