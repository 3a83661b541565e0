package executor

import (
	"errors"
	"fmt"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/shuffle"
)

var errNoOutput = errors.New("the driver knows no output of this map task now")

// locate unpacks the driver's answer: one location for each file. A map task without output fails
// the reading task, which makes the driver compute the output again.
func locate(
	id dag.ShuffleID, m *control.MapOutputsReply, s *services, d driver,
) ([]shuffle.Location, error) {
	broken := fmt.Errorf("map outputs of shuffle %d: the answer does not hold together", id)
	if len(m.Attempt) != len(m.Place) || len(m.Files) > len(m.Place) {
		return nil, broken
	}
	var files []shuffle.Location
	shared := make(map[sharedFile]int)
	for i, place := range m.Place {
		if place < 0 {
			return nil, &shuffle.FetchFailedError{
				Shuffle: shuffle.ShuffleID(id), Map: shuffle.MapID(i), Cause: errNoOutput,
			}
		}
		if int(place) >= len(m.Places) {
			return nil, broken
		}
		f := sharedFile{place: place, attempt: m.Attempt[i], name: ownFile}
		if i < len(m.Files) {
			f.name = m.Files[i]
		}
		if at, seen := shared[f]; seen {
			files[at].Maps = append(files[at].Maps, shuffle.MapID(i))
			continue
		}
		loc := s.locationOf(m.Places[place], shuffle.MapID(i), d.attempt(m.Attempt[i]))
		if f.name != ownFile {
			shared[f] = len(files)
			loc.Map, loc.Maps = shuffle.MapID(f.name), []shuffle.MapID{shuffle.MapID(i)}
		}
		files = append(files, loc)
	}
	return files, nil
}

// sharedFile is a file with the outputs of several map tasks.
type sharedFile struct{ place, attempt, name int32 }

func (s *services) locationOf(
	at *control.Place, m shuffle.MapID, a shuffle.AttemptID,
) shuffle.Location {
	return shuffle.Location{
		Executor: control.ExecutorID(at.Executor).String(), Host: at.Host,
		Addr: s.outputAddress(at), Map: m, Attempt: a,
	}
}
