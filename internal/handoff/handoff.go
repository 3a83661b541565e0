// Package handoff carries what `weft submit` was told to the program it starts on this machine.
//
// The Spec travels in the environment variable WEFT_SUBMIT; arguments travel by argv, standard
// input and output are the program's own. Package cli encodes it, package weft decodes it, each
// once. Settings only, never a secret: an environment can be read by others of the same user.
//
//	WEFT_SUBMIT = base64 (standard, padded) of JSON
//	  {"conf": {"weft.executor.memory": "2g"}, "propertiesFile": "/abs/path",
//	   "timing": true, "progress": "auto", "started": 1763712000000000000}
//
// Package handoff also reads the value of --master, for both sides.
package handoff

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/internal/console"
)

// Env is the variable that holds an encoded Spec.
const Env = "WEFT_SUBMIT"

// mostBytes bounds what Decode looks at; the kernel refuses longer variables anyway.
const mostBytes = 128 << 10

// Spec is what flags said. The zero value is that of a program started by hand.
type Spec struct {
	// Conf are the values of --conf and of the named flags, by weft key; named flags have won.
	Conf map[string]string `json:"conf,omitempty"`
	// PropertiesFile is the absolute path of --properties-file.
	PropertiesFile string `json:"propertiesFile,omitempty"`
	// Timing asks for the timing report at the end.
	Timing bool `json:"timing,omitempty"`
	// Progress is how progress is shown.
	Progress console.Mode `json:"progress,omitempty"`
	// Started is when weft submit began, in nanoseconds since 1970: timing counts from there.
	Started int64 `json:"started,omitempty"`
}

// Sources are the places to load the program's Conf from. The environment and the default
// properties file count as well, below these.
func (s Spec) Sources(getenv func(string) string) conf.Sources {
	return conf.Sources{Named: s.Conf, PropertiesFile: s.PropertiesFile, Getenv: getenv}
}

// Begin is when the submission began: Started, or now for a program started by hand.
func (s Spec) Begin(now time.Time) time.Time {
	if s.Started <= 0 {
		return now
	}
	return time.Unix(0, s.Started)
}

// Encode makes the value of the variable.
func (s Spec) Encode() (string, error) {
	data, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("encode %s: %w", Env, err)
	}
	text := base64.StdEncoding.EncodeToString(data)
	if len(text) > mostBytes {
		return "", fmt.Errorf("encode %s: %d bytes of settings, at most %d fit into the "+
			"environment; put them into a file and give --properties-file", Env, len(text), mostBytes)
	}
	return text, nil
}

// Decode reads the value of the variable; an empty one is the zero Spec.
func Decode(text string) (Spec, error) {
	if text == "" {
		return Spec{}, nil
	}
	if len(text) > mostBytes {
		return Spec{}, fmt.Errorf("decode %s: %d bytes, want at most %d", Env, len(text), mostBytes)
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return Spec{}, fmt.Errorf("decode %s: %w", Env, err)
	}
	var s Spec
	if err := json.Unmarshal(data, &s); err != nil {
		return Spec{}, fmt.Errorf("decode %s: %w", Env, err)
	}
	if s.Progress, err = console.ParseMode(string(s.Progress)); err != nil {
		return Spec{}, fmt.Errorf("decode %s: %w", Env, err)
	}
	return s, nil
}
