package simulators

import (
	"io"
	"log/slog"

	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// NewLogger makes a logger for Options.Logger that writes text, or JSON, from
// level info on. Its lines are those of slog's own handlers, but it is several
// times faster at the request log. It writes many lines at a time: a Server does
// so until it is closed, and flush does for what is logged before and after.
func NewLogger(w io.Writer, json bool) (logger *slog.Logger, flush func()) {
	lines := traffic.NewLines(w, json)
	return slog.New(lines), lines.Flush
}
