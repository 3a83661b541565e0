package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/weft-data/weft/dag"
)

// bin is a size of job and how many of 100 jobs have it: the bins of a week at Facebook (Zaharia
// and others, EuroSys 2010, table 1), with one size for each bin; bin 3 is split into 3 and 10.
type bin struct {
	name  string
	maps  int
	count int
}

var bins = []bin{
	{"1", 1, 38}, {"2", 2, 16}, {"3", 3, 7}, {"3", 10, 7}, {"4", 50, 8}, {"5", 100, 6},
	{"6", 200, 6}, {"7", 400, 4}, {"8", 1000, 4}, {"9", 4800, 4},
}

// What all days have in common.
const (
	spread      = 0.3  // sigma of the logarithm of a task's time
	straggles   = 0.02 // of attempts take 2 to 6 times as long
	fails       = 0.002
	rackCost    = 1.3 // time of a map whose input is in the rack, and elsewhere
	remoteCost  = 1.6
	replicas    = 3
	filesPerBin = 12
	zipf        = 1.1 // popularity of the n-th file is n^-zipf
)

// day says what comes to which cluster.
type day struct {
	cluster
	name       string
	data       int // nodes that hold blocks, evenly among all
	jobs       int
	load       float64 // of all slots, by the work that arrives
	mapTime    time.Duration
	reduceTime time.Duration
}

// The clusters of the days.
var (
	small = cluster{nodes: 100, slots: 4, perRack: 20}
	large = cluster{nodes: 600, slots: 8, perRack: 40}
)

var days = []day{
	{small, "batch", 100, 300, 0.8, 20 * time.Second, 30 * time.Second},
	{large, "batch", 600, 600, 0.8, 20 * time.Second, 30 * time.Second},
	{small, "short tasks, blocks on 20 nodes", 20, 600, 0.5, time.Second, time.Second},
}

// job is one of the day's jobs: maps over the blocks of a file, then a tenth as many reduces.
type job struct {
	id      int
	bin     int
	arrive  time.Duration
	maps    int
	reduces int
	blocks  [][]int32 // nodes that hold the input of each map
}

// workload is the day: the same for all policies.
type workload struct {
	day
	seed uint64
	jobs []job
}

func newWorkload(seed uint64, d day) *workload {
	r := rand.New(rand.NewPCG(seed, 7))
	w := &workload{day: d, seed: seed}
	files := newFiles(r, d)
	now := 0.0
	for len(w.jobs) < d.jobs {
		for _, b := range shuffled(r) {
			now += r.ExpFloat64() * d.gap()
			j := job{id: len(w.jobs), bin: b, maps: bins[b].maps, arrive: seconds(now)}
			j.blocks = files[b].pick(r)
			if j.maps >= 10 {
				j.reduces = min(j.maps/10, 100)
			}
			w.jobs = append(w.jobs, j)
		}
	}
	w.jobs = w.jobs[:d.jobs]
	return w
}

// shuffled deals 100 jobs, so that every hundred has the whole mix.
func shuffled(r *rand.Rand) (list []int) {
	for i, b := range bins {
		for range b.count {
			list = append(list, i)
		}
	}
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// gap is the mean time between arrivals that gives the load.
func (d *day) gap() float64 {
	work := 0.0
	for _, b := range bins {
		n := float64(b.count) / 100
		work += n * float64(b.maps) * d.mapTime.Seconds()
		if b.maps >= 10 {
			work += n * float64(min(b.maps/10, 100)) * d.reduceTime.Seconds()
		}
	}
	return work / (d.load * float64(d.total()))
}

// files are the inputs of one bin's jobs: some are popular.
type files [][][]int32

func newFiles(r *rand.Rand, d day) []files {
	all := make([]files, len(bins))
	for b := range bins {
		for range filesPerBin {
			file := make([][]int32, bins[b].maps)
			for i := range file {
				file[i] = d.place(r)
			}
			all[b] = append(all[b], file)
		}
	}
	return all
}

// pick chooses a file by its popularity.
func (f files) pick(r *rand.Rand) [][]int32 {
	total := 0.0
	for i := range f {
		total += math.Pow(float64(i+1), -zipf)
	}
	at := r.Float64() * total
	for i := range f {
		if at -= math.Pow(float64(i+1), -zipf); at < 0 {
			return f[i]
		}
	}
	return f[len(f)-1]
}

// place puts a block's copies where HDFS does: one anywhere, two in another rack.
func (d *day) place(r *rand.Rand) []int32 {
	first := d.dataNode(r)
	second := first
	for d.rack(second) == d.rack(first) {
		second = d.dataNode(r)
	}
	third := second
	for third == second || d.rack(third) != d.rack(second) {
		third = d.dataNode(r)
	}
	return []int32{first, second, third}
}

func (d *day) dataNode(r *rand.Rand) int32 { return int32(r.IntN(d.data) * d.nodes / d.data) }

// spec is the job as the driver would submit it.
func (w *workload) spec(j *job) dag.Job {
	maps := dag.Stage{
		ID: dag.StageID(2 * j.id), Name: fmt.Sprintf("maps of job %d", j.id), Tasks: j.maps,
		Shuffle: dag.ShuffleID(j.id), Reduces: max(j.reduces, 1), Prefs: w.prefs(j),
		Deterministic: true,
	}
	result := dag.Stage{
		ID: dag.StageID(2*j.id + 1), Tasks: j.reduces, Shuffle: dag.NoShuffle, Deterministic: true,
		Parents: []dag.Parent{{Shuffle: maps.Shuffle}},
	}
	out := dag.Job{ID: dag.JobID(j.id), Stages: []dag.Stage{maps, result}}
	if j.reduces == 0 { // a job without reduces
		maps.ID, maps.Shuffle, maps.Reduces = result.ID, dag.NoShuffle, 0
		out.Stages = []dag.Stage{maps}
	}
	return out
}

func (w *workload) prefs(j *job) dag.Prefs {
	p := dag.Prefs{Offsets: make([]int32, 1, j.maps+1)}
	for n := range int32(w.cluster.nodes) {
		p.Hosts = append(p.Hosts, w.cluster.host(n))
		p.Racks = append(p.Racks, w.cluster.rackName(n))
	}
	for _, nodes := range j.blocks {
		p.Index = append(p.Index, nodes...)
		p.Offsets = append(p.Offsets, int32(len(p.Index)))
	}
	return p
}

// base is the time of an attempt that reads its input locally.
func (w *workload) base(j *job, isMap bool, partition, attempt int32) time.Duration {
	mean := w.reduceTime
	kind := uint64(1)
	if isMap {
		mean, kind = w.mapTime, 0
	}
	// One generator for each attempt: what happens before must not change its time.
	r := rand.New(rand.NewPCG(w.seed<<8^kind, uint64(j.id)<<40^uint64(partition)<<8^uint64(attempt)))
	d := mean.Seconds() * math.Exp(spread*r.NormFloat64()-spread*spread/2)
	if r.Float64() < straggles {
		d *= 2 + 4*r.Float64()
	}
	return seconds(d)
}

// attemptFails says whether an attempt fails, in the middle of its time.
func (w *workload) attemptFails(j *job, stage, partition, attempt int32) bool {
	name := uint64(j.id)<<42 ^ uint64(stage)<<41 ^ uint64(partition)<<8 ^ uint64(attempt)
	r := rand.New(rand.NewPCG(w.seed^0xf, name))
	return r.Float64() < fails
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
