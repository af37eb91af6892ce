package admin

import (
	"runtime"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

// health tells that the process answers.
func (c *call) health() (reply, error) { return ok(api.Health{Status: "ok"}), nil }

// ready tells whether the vendors can be asked.
func (c *call) ready() (reply, error) {
	if c.Ready != nil && !c.Ready() {
		return reply{}, problem(notReady, "it is starting, or about to stop")
	}
	return ok(api.Health{Status: "ok"}), nil
}

func (c *call) version() (reply, error) {
	v := api.Version{Version: c.Version, Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, Vendors: []string{}}
	for _, vendor := range c.Vendors {
		v.Vendors = append(v.Vendors, vendor.Name)
	}
	return ok(v), nil
}
