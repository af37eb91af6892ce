package admin

// questions are the operations that tell what clients did.
func (h *handler) questions() map[string]operation {
	return map[string]operation{
		"health":  asks((*call).health),
		"ready":   asks((*call).ready),
		"metrics": asks((*call).metrics),
		"version": asks((*call).version),

		"getJournal":    asks((*call).getJournal),
		"followJournal": asks((*call).followJournal),
		"exportJournal": asks((*call).exportJournal),
		"exportReplay":  asks((*call).exportReplay),
		"getRefused":    asks((*call).getJournal),
		"followRefused": asks((*call).followJournal),
		"exportRefused": asks((*call).exportJournal),

		"wait":      asks((*call).wait),
		"getReport": asks((*call).getReport),
		"why":       asks((*call).why),
	}
}
