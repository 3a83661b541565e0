package hadoop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	pomPath   = "integration/hadoop/pom.xml"
	stampName = ".resolved" // beside the jars: holds the pom.xml they were resolved from
)

// Jars returns the folder that holds the jars of a Hadoop version, fetched by Maven where
// they are not there yet or where pom.xml has changed since.
func Jars(ctx context.Context, version string) (string, error) {
	root, err := repositoryRoot()
	if err != nil {
		return "", err
	}
	pom, err := os.ReadFile(filepath.Join(root, pomPath))
	if err != nil {
		return "", err
	}
	home := filepath.Join(root, "build", "hadoop", version)
	lib := filepath.Join(home, "lib")
	unlock, err := lock(ctx, home+".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	stamp := filepath.Join(lib, stampName)
	if seen, err := os.ReadFile(stamp); err == nil && bytes.Equal(seen, pom) {
		return lib, nil
	}
	if err := resolve(ctx, filepath.Join(root, pomPath), version, lib); err != nil {
		return "", err
	}
	return lib, os.WriteFile(stamp, pom, 0o644)
}

func resolve(ctx context.Context, pom, version, lib string) error {
	mvn, err := exec.LookPath("mvn")
	if err != nil {
		return errors.New("fetch Hadoop's jars: mvn is not installed: apt-get install maven")
	}
	if err := os.RemoveAll(lib); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, mvn, "-B", "-q", "-f", pom, "dependency:copy-dependencies",
		"-DincludeScope=runtime", "-Dhadoop.version="+version, "-DoutputDirectory="+lib)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("fetch the jars of Hadoop %s with Maven: %w: %s",
			version, err, firstErrorLine(string(out)))
	}
	return nil
}

// firstErrorLine picks the line in which Maven says what went wrong.
func firstErrorLine(out string) string {
	for line := range strings.Lines(out) {
		if strings.Contains(line, "ERROR") {
			return strings.TrimSpace(line)
		}
	}
	return strings.TrimSpace(out)
}

// javaBinary is the JVM that runs the daemons.
func javaBinary() (string, error) {
	if home := os.Getenv("JAVA_HOME"); home != "" {
		return filepath.Join(home, "bin", "java"), nil
	}
	java, err := exec.LookPath("java")
	if err != nil {
		return "", errors.New(
			"start Hadoop: java is not installed: apt-get install openjdk-17-jdk-headless")
	}
	return java, nil
}
