package simtest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

// keep writes what helps to understand a failed test into its artifacts, and
// the last of it into the log.
func (s *Sim) keep() {
	all, err := s.journal(Filter{})
	if err != nil {
		s.t.Logf("simtest: no journal: %v", err)
	}
	number, dir := "", s.t.ArtifactDir()
	for n := 2; exists(filepath.Join(dir, "journal"+number+".json")); n++ {
		number = fmt.Sprintf("-%d", n) // of another Sim of this test
	}
	ctx := context.Background()
	for _, file := range []struct {
		name string
		make func() ([]byte, error)
	}{
		{"journal" + number + ".json", func() ([]byte, error) { return json.MarshalIndent(all, "", "  ") }},
		{"report" + number + ".txt", func() ([]byte, error) { return s.control.ReportAs(ctx, s.tenant.Name, api.ReportText) }},
		{"replay" + number + ".json", func() ([]byte, error) { return s.control.Replay(ctx, s.tenant.Name) }},
	} {
		data, err := file.make()
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, file.name), data, 0o644)
		}
		if err != nil {
			s.t.Logf("simtest: no %s: %v", file.name, err)
		}
	}
	s.t.Logf("simtest: tenant %s, seed %d; %sjournal%[4]s.json, report%[4]s.txt and replay%[4]s.json, for \"vendorsim replay\", are in %s (go test -artifacts keeps them)",
		s.tenant.Name, s.tenant.Seed, latest(all.Entries), number, dir)
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// latest is the end of a journal, a line an entry.
func latest(entries []Entry) string {
	if len(entries) == 0 {
		return "nothing was asked; "
	}
	const told = 10
	text := new(strings.Builder)
	fmt.Fprintf(text, "the last of %d entries of its journal:\n", len(entries))
	for _, e := range entries[max(0, len(entries)-told):] {
		text.WriteString("  ")
		if e.At != nil {
			text.WriteString(e.At.UTC().Format("2006-01-02T15:04:05.000Z "))
		}
		switch {
		case e.Control != nil:
			fmt.Fprintf(text, "the test: %s %s -> %d", e.Control.Method, e.Control.Path, e.Control.Status)
		case e.Request != nil && e.Reply != nil:
			fmt.Fprintf(text, "%s %s -> %d", e.Request.Method, e.Request.URL, e.Reply.Status)
		}
		for _, t := range e.Tasks[:min(len(e.Tasks), 3)] {
			fmt.Fprintf(text, " %s=%s", t.ID, t.Phase)
		}
		if e.Refusal != nil {
			fmt.Fprintf(text, " (%s)", strings.TrimSpace(e.Refusal.Kind+" "+e.Refusal.Text))
		}
		text.WriteString("\n")
	}
	return text.String()
}
