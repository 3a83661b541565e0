package conf

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
)

// shipped is a configuration on its way to another process: gzip of this as JSON.
type shipped struct {
	Version int               `json:"version"`
	Values  map[string]string `json:"values"`
	Sources map[string]string `json:"sources"`
}

// MarshalBinary writes every value that is not Hadoop's default for the other processes of an
// application, which then see the client's configuration. Variables are resolved first:
// ${env.X} and ${user.name} mean those of the client.
func (h *Hadoop) MarshalBinary() ([]byte, error) {
	s := shipped{Version: 1, Values: map[string]string{}, Sources: map[string]string{}}
	base := NewHadoop()
	for _, key := range h.Keys() {
		top := h.values[key][0]
		if d := base.values[key]; len(d) > 0 && d[0] == top {
			continue
		}
		s.Values[key], s.Sources[key] = h.substitute(top.Value), top.Source
	}
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if err := json.NewEncoder(z).Encode(s); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// UnmarshalBinary reads what MarshalBinary wrote over Hadoop's defaults.
func (h *Hadoop) UnmarshalBinary(data []byte) error {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("read shipped Hadoop configuration: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(z, maxFileSize))
	if err != nil {
		return fmt.Errorf("read shipped Hadoop configuration: %w", err)
	}
	var s shipped
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("read shipped Hadoop configuration: %w", err)
	}
	if s.Version != 1 {
		return fmt.Errorf("read shipped Hadoop configuration: version %d, want 1", s.Version)
	}
	*h = *NewHadoop()
	for _, key := range sortedKeys(s.Values) {
		h.Set(key, s.Values[key], s.Sources[key])
	}
	return nil
}
