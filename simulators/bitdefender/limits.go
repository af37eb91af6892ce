package bitdefender

import (
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// The vendor's limits: for every method so many requests a second, for some so
// many a minute, and in both cases as many more as a queue holds without delay.
// https://www.bitdefender.com/business/support/en/77211-394430-api-rate-limits.html
const (
	perSecond = 10
	perMinute = 30
	queue     = 10
)

// minuteMethods are those of the methods with a limit of their own that are
// served here.
var minuteMethods = []string{
	"createScanTask", "createScanTaskByMac", "createReconfigureClientTask", "killProcess",
	"createRemoveQuarantineItemTask", "createRestoreQuarantineItemTask", "createEmptyQuarantineTask",
	"createAddFileToQuarantineTask", "createRestoreQuarantineExchangeItemTask", "createReleaseQuarantineExchangeItemTask",
}

func limits(sim.Options) []scenarios.Limit {
	out := []scenarios.Limit{{
		Vendor: "bitdefender", Per: "credential", Requests: perSecond, Window: time.Second,
		Algorithm: "bucket", Burst: perSecond + queue,
	}}
	for _, method := range minuteMethods {
		out = append(out, scenarios.Limit{
			Vendor: "bitdefender", On: method, Per: "credential", Requests: perMinute, Window: time.Minute,
			Algorithm: "bucket", Burst: perMinute + queue,
		})
	}
	for _, method := range pushMethods {
		out = append(out, scenarios.Limit{
			Vendor: "bitdefender", On: method, Per: "credential", Requests: pushPerMinute, Window: time.Minute,
			Algorithm: "bucket", Burst: pushPerMinute,
		})
	}
	return out
}
