package submit

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/weft-data/weft/conf"
)

// ErrImage means that an image or a mount cannot be what it says.
var ErrImage = errors.New("not an image or mount that YARN takes")

// Values go through a shell unescaped, so the grammar leaves out all that a shell would read.
var (
	imageName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/:@-]*$`)
	mountPair = regexp.MustCompile(`^/[A-Za-z0-9._/-]*:/[A-Za-z0-9._/-]*(:(ro|rw))?$`)
)

// Image are the variables that have a NodeManager run a container in an image of Docker's, none
// without weft.yarn.docker.image. The node needs YARN's LinuxContainerExecutor with Docker allowed;
// one without it ignores them, and runs the container without an image.
func Image(c *conf.Conf) (map[string]string, error) {
	image, mounts := conf.YarnDockerImage.Get(c), conf.YarnDockerMounts.Get(c)
	switch {
	case image == "" && len(mounts) == 0:
		return nil, nil
	case !imageName.MatchString(image):
		return nil, fmt.Errorf("%w: %s=%q; want a name such as registry/debian:12", ErrImage,
			conf.YarnDockerImage.Name(), image)
	}
	out := map[string]string{
		"YARN_CONTAINER_RUNTIME_TYPE":         "docker",
		"YARN_CONTAINER_RUNTIME_DOCKER_IMAGE": image,
	}
	for _, m := range mounts {
		if !mountPair.MatchString(m) {
			return nil, fmt.Errorf("%w: %s has %q; want SOURCE:DESTINATION or SOURCE:DESTINATION:ro, "+
				"both absolute", ErrImage, conf.YarnDockerMounts.Name(), m)
		}
	}
	if len(mounts) > 0 {
		out["YARN_CONTAINER_RUNTIME_DOCKER_MOUNTS"] = strings.Join(mounts, ",")
	}
	return out, nil
}
