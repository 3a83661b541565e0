package submit

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/rmclient"
)

// The names under which the driver's container finds its secrets.
const (
	SpecAlias     rmclient.Alias = "weft.spec"
	IdentityAlias rmclient.Alias = "weft.identity"
)

// The bounds of a job's description. The ResourceManager keeps it in its state store, of which a
// record may have 1 MiB when it is ZooKeeper.
const (
	maxSpec     = 512 << 10
	maxSpecText = 16 << 20
)

// ErrTooLong means that arguments and settings together are more than YARN can carry.
var ErrTooLong = errors.New("arguments and settings are too long for YARN: " +
	"put long lists into a file and pass its name")

// A JobSpec is all that the driver in an AM's container must know of its job.
type JobSpec struct {
	Name    string
	Args    []string
	User    string                 // who submitted, and owns what the job writes
	Staging string                 // URL of the directory that holds .weft
	Program rmclient.LocalResource // for the executors
	Conf    *conf.Conf
	Hadoop  *conf.Hadoop
	Timing  bool      // the driver prints the timing report
	Started time.Time // when the submission began
}

// specJSON is a JobSpec on the wire: gzip of this as JSON.
type specJSON struct {
	Version int                    `json:"version"`
	Name    string                 `json:"name"`
	Args    []string               `json:"args"`
	User    string                 `json:"user"`
	Staging string                 `json:"staging"`
	Program rmclient.LocalResource `json:"program"`
	Conf    json.RawMessage        `json:"conf"`
	Hadoop  []byte                 `json:"hadoop"`
	Timing  bool                   `json:"timing"`
	Started time.Time              `json:"started"`
}

const specVersion = 1

// Marshal writes the description for the credentials.
func (s JobSpec) Marshal() ([]byte, error) {
	settings, err := s.Conf.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("write job description: %w", err)
	}
	site, err := s.Hadoop.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("write job description: %w", err)
	}
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	err = json.NewEncoder(z).Encode(specJSON{
		Version: specVersion, Name: s.Name, Args: s.Args, User: s.User, Staging: s.Staging,
		Program: s.Program, Conf: settings, Hadoop: site, Timing: s.Timing, Started: s.Started,
	})
	if err = errors.Join(err, z.Close()); err != nil {
		return nil, fmt.Errorf("write job description: %w", err)
	}
	if out.Len() > maxSpec {
		return nil, fmt.Errorf("%w (%d bytes, %d fit)", ErrTooLong, out.Len(), maxSpec)
	}
	return out.Bytes(), nil
}

// UnmarshalJob reads what Marshal wrote.
func UnmarshalJob(data []byte) (JobSpec, error) {
	s, err := unmarshalJob(data)
	if err != nil {
		return JobSpec{}, fmt.Errorf("read job description: %w", err)
	}
	return s, nil
}

func unmarshalJob(data []byte) (JobSpec, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return JobSpec{}, err
	}
	text, err := io.ReadAll(io.LimitReader(z, maxSpecText+1))
	if err != nil {
		return JobSpec{}, err
	}
	if len(text) > maxSpecText {
		return JobSpec{}, ErrTooLong
	}
	var j specJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return JobSpec{}, err
	}
	if j.Version != specVersion {
		return JobSpec{}, fmt.Errorf("version %d, want %d", j.Version, specVersion)
	}
	s := JobSpec{Name: j.Name, Args: j.Args, User: j.User, Staging: j.Staging, Program: j.Program,
		Conf: &conf.Conf{}, Hadoop: &conf.Hadoop{}, Timing: j.Timing, Started: j.Started}
	if err := s.Conf.UnmarshalBinary(j.Conf); err != nil {
		return JobSpec{}, err
	}
	return s, s.Hadoop.UnmarshalBinary(j.Hadoop)
}

// ErrNotSubmitted means that a process was started as a driver by something other than Cluster.
var ErrNotSubmitted = errors.New("the container's credentials hold no weft job: " +
	"start the program with weft submit")

// ReadJob takes the job and the application's identity out of the credentials with which YARN
// started the driver's container.
func ReadJob(c rmclient.Credentials) (JobSpec, *identity.Identity, error) {
	spec, key := c.Secrets[SpecAlias], c.Secrets[IdentityAlias]
	if spec == nil || key == nil {
		return JobSpec{}, nil, ErrNotSubmitted
	}
	job, err := UnmarshalJob(spec)
	if err != nil {
		return JobSpec{}, nil, err
	}
	id, err := identity.Unmarshal(key)
	if err != nil {
		return JobSpec{}, nil, fmt.Errorf("read the application's identity: %w", err)
	}
	return job, id, nil
}
