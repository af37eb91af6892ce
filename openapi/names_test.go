package openapi

import "strings"

// Names are the embedded specs' names, the vendors' and our own, sorted.
func Names() []string {
	entries, _ := files.ReadDir(".") // of an embedded folder: cannot fail
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}
