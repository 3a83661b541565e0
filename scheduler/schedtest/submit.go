package schedtest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/scheduler"
)

func (v *env) submit(c *command) (string, error) {
	n, err := c.number("job", 0)
	if err != nil {
		return "", err
	}
	j := dag.Job{ID: dag.JobID(n), Pool: c.text("pool", ""), Group: c.text("group", "")}
	for _, line := range c.lines {
		s, err := parseStage(line)
		if err != nil {
			return "", fmt.Errorf("%s: %w", line, err)
		}
		j.Stages = append(j.Stages, s)
	}
	return v.step(scheduler.JobSubmitted{Job: j})
}

// parseStage reads "stage 1 tasks=4 reads=(0) …".
func parseStage(line string) (dag.Stage, error) {
	name, c, err := parseLine(line)
	if err != nil || name != "stage" || len(c.words) == 0 {
		return dag.Stage{}, fmt.Errorf("want a line such as: stage 0 tasks=4 shuffle=0")
	}
	s := dag.Stage{Deterministic: !c.flag("indeterminate"), Name: c.text("name", "")}
	if err := stageNumbers(c, &s); err != nil {
		return s, err
	}
	if err := stageLists(c, &s); err != nil {
		return s, err
	}
	s.Prefs = parsePrefs(c.list("hosts"), c.list("racks"))
	return s, c.unused()
}

func stageNumbers(c *command, s *dag.Stage) error {
	id, err := strconv.Atoi(c.words[0])
	if err != nil {
		return err
	}
	s.ID = dag.StageID(id)
	if s.Tasks, err = c.number("tasks", 1); err != nil {
		return err
	}
	profile, err := c.number("profile", 0)
	if err != nil {
		return err
	}
	s.Profile = resource.ID(profile)
	shuffle, err := c.number("shuffle", int(dag.NoShuffle))
	if err != nil {
		return err
	}
	s.Shuffle = dag.ShuffleID(shuffle)
	s.Reduces, err = c.number("reduces", 1)
	return err
}

func stageLists(c *command, s *dag.Stage) error {
	reads, err := numbers[dag.ShuffleID](c, "reads")
	if err != nil {
		return err
	}
	guards, err := numbers[dag.DatasetID](c, "guards")
	if err != nil {
		return err
	}
	for _, id := range reads {
		s.Parents = append(s.Parents, dag.Parent{Shuffle: id, Aligned: true, Guards: guards})
	}
	if s.Cached, err = numbers[dag.DatasetID](c, "cached"); err != nil {
		return err
	}
	s.Partitions, err = numbers[int32](c, "partitions")
	return err
}

// parsePrefs reads an entry for each partition, "h1 h2" or "-", and the racks of hosts, "h1:r1".
func parsePrefs(hosts, racks []string) dag.Prefs {
	if hosts == nil {
		return dag.Prefs{}
	}
	var rows [][]string
	for _, h := range hosts {
		if h == "-" {
			h = ""
		}
		rows = append(rows, strings.Fields(h))
	}
	p := dag.MakePrefs(rows)
	for _, h := range p.Hosts {
		p.Racks = append(p.Racks, rackIn(racks, h))
	}
	return p
}

func rackIn(racks []string, host string) string {
	for _, r := range racks {
		if h, rack, _ := strings.Cut(r, ":"); h == host {
			return rack
		}
	}
	return ""
}
