package auxservice

import "testing"

func TestLimits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		asked       *ConfigureRequest
		descriptors int
		want        limits
	}{
		{"nothing said", &ConfigureRequest{}, 1 << 20,
			limits{32768, 32768, 8192, defaultMemory}},
		{"few descriptors", &ConfigureRequest{}, 4096,
			limits{2389, 2389, 597, defaultMemory}},
		{"hardly any", &ConfigureRequest{}, 256, limits{32, 32, 16, defaultMemory}},
		{"as asked", &ConfigureRequest{MaxConnections: 20000, MaxConnectionsPerApplication: 500,
			MaxMemoryBytes: 1 << 30}, 65536, limits{20000, 500, 8192, 1 << 30}},
		{"more than there are", &ConfigureRequest{MaxConnections: 20000}, 10000,
			limits{9456, 9456, 16, defaultMemory}},
		{"a share beyond the whole", &ConfigureRequest{MaxConnections: 100,
			MaxConnectionsPerApplication: 500}, 65536, limits{100, 100, 8192, defaultMemory}},
		{"nonsense", &ConfigureRequest{MaxConnections: -1, MaxMemoryBytes: -1}, 1 << 20,
			limits{32768, 32768, 8192, defaultMemory}},
	} {
		if got := newLimits(tt.asked, tt.descriptors); got != tt.want {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
