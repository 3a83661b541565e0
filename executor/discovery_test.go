package executor

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// script writes a program and gives its path.
func script(t *testing.T, body string) string {
	path := filepath.Join(t.TempDir(), "devices")
	// A child that is forked while the file is open for writing would keep it "busy".
	syscall.ForkLock.RLock()
	err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o700)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDiscoveryScript(t *testing.T) {
	for _, test := range []struct {
		name, body string
		limit      time.Duration
		want       string // addresses, or a part of the error
	}{
		{"two devices", `echo '{"name": "gpu", "addresses": ["0", "1"]}'`, time.Minute, "0 1"},
		{"it fails", "echo no driver >&2; exit 3", time.Minute, "exit status 3: no driver"},
		{"it hangs, and what it started", "sleep 600 & sleep 600", 200 * time.Millisecond, "longer than"},
		{"rubbish", "echo 2 devices", time.Minute, `it printed "2 devices\n"`},
		{"nothing", "true", time.Minute, "unexpected end of JSON"},
		{"another resource", `echo '{"name": "fpga", "addresses": ["0"]}'`, time.Minute, `of "fpga"`},
		{"an address twice", `echo '{"name": "gpu", "addresses": ["0", "0"]}'`, time.Minute, "twice"},
		{"too much", "yes | head -c 100000", time.Minute, "more than 65536 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := runDiscovery(t.Context(), script(t, test.body), "gpu", test.limit)
			if err == nil && strings.Join(got, " ") == test.want {
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, %v, want %q", got, err, test.want)
			}
		})
	}
	if _, err := runDiscovery(t.Context(), "/nonexistent/devices", "gpu", time.Minute); err == nil {
		t.Error("a script that is not there found devices")
	}
}

func TestVisibleDevicesOfTheContainer(t *testing.T) {
	for _, test := range []struct{ resource, variable, value, want string }{
		{"gpu", "CUDA_VISIBLE_DEVICES", "2,3", "2 3"},
		{"gpu", "NVIDIA_VISIBLE_DEVICES", "GPU-8932f937", "GPU-8932f937"},
		{"gpu", "NVIDIA_VISIBLE_DEVICES", "all", ""},
		{"gpu", "OTHER", "1", ""},
		{"fpga", "CUDA_VISIBLE_DEVICES", "2", ""},
	} {
		got := visibleDevices(test.resource, func(name string) string {
			if name == test.variable {
				return test.value
			}
			return ""
		})
		if strings.Join(got, " ") != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

func FuzzParseDevices(f *testing.F) {
	f.Add([]byte(`{"name": "gpu", "addresses": ["0", "1"]}`))
	f.Add([]byte(`{"name": "gpu", "addresses": null}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := parseDevices(text, "gpu")
		if err != nil {
			return
		}
		sorted := slices.Sorted(slices.Values(list))
		if len(slices.Compact(sorted)) != len(list) || slices.Contains(list, "") {
			t.Errorf("%q gives %q", text, list)
		}
	})
}

// The script that comes along is fed by a stand-in for nvidia-smi, which prints an index on a line.
func TestScriptForNvidia(t *testing.T) {
	dir := t.TempDir()
	smi := "#!/bin/sh\n[ \"$1\" = --query-gpu=index ] && [ \"$2\" = --format=csv,noheader ] && echo 0 && echo 1\n"
	// A child that is forked while the file is open for writing would keep it "busy".
	syscall.ForkLock.RLock()
	err := os.WriteFile(filepath.Join(dir, "nvidia-smi"), []byte(smi), 0o700)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Abs("../conf/nvidia-gpus.sh")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/bin:/usr/bin")
	got, err := runDiscovery(t.Context(), path, "gpu", time.Minute)
	if err != nil || strings.Join(got, " ") != "0 1" {
		t.Errorf("%v, %v", got, err)
	}
}
