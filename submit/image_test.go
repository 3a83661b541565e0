package submit

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestImageIsSaidByVariables(t *testing.T) {
	got, err := Image(settings(t, "weft.yarn.docker.image=registry:5000/debian:12",
		"weft.yarn.docker.mounts=/etc/passwd:/etc/passwd:ro,/data:/data"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"YARN_CONTAINER_RUNTIME_TYPE":          "docker",
		"YARN_CONTAINER_RUNTIME_DOCKER_IMAGE":  "registry:5000/debian:12",
		"YARN_CONTAINER_RUNTIME_DOCKER_MOUNTS": "/etc/passwd:/etc/passwd:ro,/data:/data",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got, err := Image(settings(t)); got != nil || err != nil {
		t.Errorf("without an image: %v, %v", got, err)
	}
}

func TestImageRefusesWhatAShellWouldRead(t *testing.T) {
	for _, pairs := range [][]string{
		{`weft.yarn.docker.image=debian"; rm -rf /`},
		{"weft.yarn.docker.image=$(id)"},
		{"weft.yarn.docker.image=debian", "weft.yarn.docker.mounts=/a"},
		{"weft.yarn.docker.image=debian", "weft.yarn.docker.mounts=/a:b"},
		{"weft.yarn.docker.image=debian", "weft.yarn.docker.mounts=/a:/b:exec"},
		{"weft.yarn.docker.mounts=/a:/b"}, // in what?
	} {
		if _, err := Image(settings(t, pairs...)); !errors.Is(err, ErrImage) {
			t.Errorf("%q: %v", pairs, err)
		}
	}
}
