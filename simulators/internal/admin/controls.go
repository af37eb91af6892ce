package admin

// controls are the operations that steer tenants.
func (h *handler) controls() map[string]operation {
	return map[string]operation{
		"listTenants":  asks((*call).listTenants),
		"createTenant": asks((*call).createTenant),
		"getTenant":    asks((*call).getTenant),
		"deleteTenant": asks((*call).deleteTenant),
		"resetTenant":  asks((*call).resetTenant),

		"getClock":     asks((*call).getClock),
		"freezeClock":  changes((*call).freezeClock),
		"resumeClock":  changes((*call).resumeClock),
		"setSpeed":     changes((*call).setSpeed),
		"advanceClock": changes((*call).advanceClock),

		"listTasks":  asks((*call).listTasks),
		"createTask": changes((*call).createTask),
		"getTask":    asks((*call).getTask),
		"forceTask":  changes((*call).forceTask),
		"cancelTask": changes((*call).cancelTask),
		"expireTask": changes((*call).expireTask),

		"listFaults":  asks((*call).listFaults),
		"addFault":    changes((*call).addFault),
		"removeFault": changes((*call).removeFault),
		"fireFault":   changes((*call).fireFault),

		"listTokens":   asks((*call).listTokens),
		"revokeTokens": changes((*call).revokeTokens),

		"getScenario":     asks((*call).getScenario),
		"replaceScenario": changes((*call).replaceScenario),
	}
}
