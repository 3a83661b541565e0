package conf

import "fmt"

// CheckExclusion refuses settings by which a host is excluded for a task only after the job failed.
func CheckExclusion(c *Conf) error {
	on := ExcludeTaskAndStage
	if !on.IsSet(c) {
		on = ExcludeOnFailure
	}
	perNode, most := ExcludeTaskPerNode.Get(c), TaskMaxFailures.Get(c)
	if !on.Get(c) || perNode < most {
		return nil
	}
	return fmt.Errorf("%s=%d is not below %s=%d: one bad host would end the job before it is "+
		"excluded; lower the first or raise the second", ExcludeTaskPerNode.Name(), perNode,
		TaskMaxFailures.Name(), most)
}
