package bitdefender

import (
	"slices"

	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// The tasks of the API quarantine.

func createRemoveQuarantineItemTask(c *sim.Call) (sim.Reply, error) {
	if serviceOf(c) == exchange {
		return handle(c, typeRemoveExchange, noItem, handling{waiting: pendingRemove, failing: failedRemove})
	}
	return handle(c, typeRemove, noItem, handling{waiting: pendingRemove, failing: failedRemove})
}

func createRestoreQuarantineItemTask(c *sim.Call) (sim.Reply, error) {
	return handle(c, typeRestore, noItem, handling{waiting: pendingRestore, failing: failedRestore})
}

// createRestoreQuarantineExchangeItemTask does not look at the account that it
// is given beyond the types: there is no Exchange to log in to.
func createRestoreQuarantineExchangeItemTask(c *sim.Call) (sim.Reply, error) {
	return handle(c, typeRestoreExchange, noTarget, handling{waiting: pendingRestore, failing: failedRestore})
}

func createReleaseQuarantineExchangeItemTask(c *sim.Call) (sim.Reply, error) {
	return handle(c, typeRestoreExchange, noItem, handling{waiting: pendingRestore, failing: failedRestore})
}

// handle starts a task for the items that the call names, all of which must be
// in quarantine with nothing asked for; otherwise it refuses with a text.
func handle(c *sim.Call, typ int, otherwise string, h handling) (sim.Reply, error) {
	asked := texts(c.Params, "quarantineItemsIds")
	items := slices.DeleteFunc(quarantined(c, serviceOf(c)), func(it item) bool {
		return !it.CanBeRemoved || !slices.Contains(asked, it.ID)
	})
	if len(items) == 0 || len(items) < len(asked) {
		return sim.Reply{}, refuse(otherwise)
	}
	return handleItems(c, typ, items, h)
}

// createEmptyQuarantineTask is for every endpoint with something in quarantine.
func createEmptyQuarantineTask(c *sim.Call) (sim.Reply, error) {
	items := slices.DeleteFunc(quarantined(c, serviceOf(c)), func(it item) bool { return !it.CanBeRemoved })
	if len(items) == 0 {
		return sim.Reply{}, refuse(noTargets)
	}
	typ := typeEmpty
	if serviceOf(c) == exchange {
		typ = typeEmptyExchange
	}
	return handleItems(c, typ, items, handling{waiting: pendingRemove, failing: failedRemove})
}

func handleItems(c *sim.Call, typ int, items []item, h handling) (sim.Reply, error) {
	w := &work{handling: &h}
	h.service = serviceOf(c)
	for _, it := range items {
		h.items = append(h.items, it.ID)
		if !slices.Contains(w.endpoints, it.endpoint) {
			w.endpoints = append(w.endpoints, it.endpoint)
		}
	}
	return createAndTell(c, typ, w)
}

func createAddFileToQuarantineTask(c *sim.Call) (sim.Reply, error) {
	found, complete := endpointsByID(c, texts(c.Params, "endpointIds"))
	if !complete {
		return sim.Reply{}, refuse(noTarget)
	}
	return createAndTell(c, typeAddFile, &work{endpoints: found, handling: &handling{service: computers, file: text(c.Params, "filePath")}})
}
