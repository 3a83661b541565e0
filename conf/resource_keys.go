package conf

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/weft-data/weft/resource"
)

// Keys of named resources have the name inside: weft.executor.resource.gpu.amount. They are in no
// registry, since anybody may invent a resource.
const (
	executorResource = "weft.executor.resource."
	taskResource     = "weft.task.resource."
)

// resourceKey takes such a key apart.
func resourceKey(key string) (prefix, name, field string, ok bool) {
	for _, prefix := range []string{executorResource, taskResource} {
		rest, found := strings.CutPrefix(key, prefix)
		if at := strings.LastIndexByte(rest, '.'); found && at > 0 {
			return prefix, rest[:at], rest[at+1:], true
		}
	}
	return "", "", "", false
}

// checkResource refuses fields that a resource does not have, and bad amounts.
func checkResource(prefix, name, field, value string) error {
	var p resource.Profile
	switch {
	case prefix == executorResource && field == "amount":
		n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
		if err != nil {
			return fmt.Errorf("%q: want a whole number", value)
		}
		p.Executor.Extra = []resource.Amount{{Name: name, Count: n}}
	case prefix == taskResource && field == "amount":
		parts, err := parseShare(value)
		if err != nil {
			return err
		}
		p.Task.Shares = []resource.Share{{Name: name, Parts: parts}}
	case prefix == executorResource && field == "discoveryScript":
		return nil
	case prefix == executorResource && field == "vendor": // of Kubernetes alone, as in Spark
		return nil
	default:
		return fmt.Errorf("%w %s%s.%s: resources have %sNAME.amount, .discoveryScript and .vendor, and "+
			"%sNAME.amount", ErrUnknownKey, prefix, name, field, executorResource, taskResource)
	}
	return p.Validate()
}

func checkResourceValue(key, prefix, name, field, value string) error {
	if value == "" { // back to none, of a key that exists
		value = "1"
	}
	if err := checkResource(prefix, name, field, value); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

func parseShare(value string) (resource.Parts, error) {
	f, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil {
		return 0, fmt.Errorf("%q: want a number", value)
	}
	return resource.PartsOf(f)
}

// eachAmount calls f for each resource with an amount, by name.
func (c *Conf) eachAmount(of string, f func(name, value string)) {
	for _, key := range sortedKeys(c.values) {
		prefix, name, field, ok := resourceKey(key)
		if value := c.values[key][0].Value; ok && prefix == of && field == "amount" && value != "" {
			f(name, value)
		}
	}
}

// executorResources are the named resources of the default executors.
func executorResources(c *Conf) (list []resource.Amount) {
	c.eachAmount(executorResource, func(name, value string) {
		n, _ := strconv.ParseInt(strings.TrimSpace(value), 10, 64) // passed its check
		list = append(list, resource.Amount{Name: name, Count: n})
	})
	slices.SortFunc(list, func(a, b resource.Amount) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// taskResources are what the tasks of the default profile take of them.
func taskResources(c *Conf) (list []resource.Share) {
	c.eachAmount(taskResource, func(name, value string) {
		parts, _ := parseShare(value)
		list = append(list, resource.Share{Name: name, Parts: parts})
	})
	return list
}

// DiscoveryScript is the program that tells an executor which devices of a resource it has; "" for
// none. It is looked for on the executor's machine.
func DiscoveryScript(c *Conf, name string) string {
	script, _ := c.Lookup(executorResource + name + ".discoveryScript")
	return script
}
