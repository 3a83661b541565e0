package shuffle

// loserTree merges sorted runs with one comparison per level and record. Inner node i holds
// the run that lost there; the winner of all is at node 0. Ties go to the run that was given
// first, so the merge is stable.
type loserTree struct {
	runs  []*run
	nodes []int32 // node i has the children 2i and 2i+1; leaf k is node len(runs)+k
}

// newLoserTree starts all runs.
func newLoserTree(runs []*run) (*loserTree, error) {
	for _, r := range runs {
		if err := r.next(); err != nil {
			return nil, err
		}
	}
	t := &loserTree{runs: runs, nodes: make([]int32, max(1, len(runs)))}
	if len(runs) > 1 {
		t.nodes[0] = t.build(1)
	}
	return t, nil
}

// build plays the matches below node i and returns the winner.
func (t *loserTree) build(i int) int32 {
	if i >= len(t.runs) {
		return int32(i - len(t.runs))
	}
	a, b := t.build(2*i), t.build(2*i+1)
	if t.beats(b, a) {
		a, b = b, a
	}
	t.nodes[i] = b
	return a
}

func (t *loserTree) beats(a, b int32) bool {
	less, tied := t.runs[a].before(t.runs[b])
	return less || tied && a < b
}

// top returns the run with the smallest record, or nil at the end.
func (t *loserTree) top() *run {
	if len(t.runs) == 0 || t.runs[t.nodes[0]].ended {
		return nil
	}
	return t.runs[t.nodes[0]]
}

// next moves the winning run on and replays its matches up to the root.
func (t *loserTree) next() error {
	winner := t.nodes[0]
	if err := t.runs[winner].next(); err != nil {
		return err
	}
	for i := (len(t.runs) + int(winner)) / 2; i > 0; i /= 2 {
		if t.beats(t.nodes[i], winner) {
			t.nodes[i], winner = winner, t.nodes[i]
		}
	}
	t.nodes[0] = winner
	return nil
}
