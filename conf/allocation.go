package conf

import (
	"errors"
	"fmt"
)

// CheckAllocation refuses settings of weft.dynamicAllocation that do not go together.
func CheckAllocation(c *Conf) error {
	if !DynamicAllocation.Get(c) {
		return nil
	}
	least, most := DynamicAllocationMin.Get(c), DynamicAllocationMax.Get(c)
	switch {
	case DynamicAllocationMax.IsSet(c) && least > most:
		return fmt.Errorf("%s=%d is more than %s=%d; lower the first or raise the second",
			DynamicAllocationMin.Name(), least, DynamicAllocationMax.Name(), most)
	case DynamicAllocationMax.IsSet(c) && InitialExecutors(c) > most:
		return fmt.Errorf("%d executors at the beginning (%s, %s) are more than %s=%d; lower the "+
			"first or raise the second", InitialExecutors(c), DynamicAllocationInitial.Name(),
			ExecutorInstances.Name(), DynamicAllocationMax.Name(), most)
	case DynamicAllocationRatio.Get(c) <= 0:
		return fmt.Errorf("%s is 0, and no executor would ever come; want above 0 to 1",
			DynamicAllocationRatio.Name())
	case !DynamicAllocationTracking.Get(c) && !ShuffleServiceEnabled.Get(c):
		return errors.New("dynamic allocation would lose map outputs with the executors that it " +
			"gives back, and compute them again; set weft.shuffle.service.enabled=true where the " +
			"NodeManagers run the shuffle service, or weft.dynamicAllocation.shuffleTracking.enabled" +
			"=true to keep executors that have map outputs")
	}
	return nil
}

// InitialExecutors is how many executors of a profile dynamic allocation begins with.
func InitialExecutors(c *Conf) int {
	n := DynamicAllocationMin.Get(c)
	if DynamicAllocationInitial.IsSet(c) {
		n = max(n, DynamicAllocationInitial.Get(c))
	}
	if ExecutorInstances.IsSet(c) {
		n = max(n, ExecutorInstances.Get(c))
	}
	return n
}
