package simtest

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

// keep writes what helps to understand a failed test into its artifacts.
func (s *Sim) keep() {
	dir := s.t.ArtifactDir()
	for name, make := range map[string]func(context.Context) ([]byte, error){
		"journal.json": s.wholeJournal,
		"report.txt": func(ctx context.Context) ([]byte, error) {
			return s.control.ReportAs(ctx, s.tenant.Name, api.ReportText)
		},
		"replay.json": func(ctx context.Context) ([]byte, error) { return s.control.Replay(ctx, s.tenant.Name) },
	} {
		data, err := make(context.Background())
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o644)
		}
		if err != nil {
			s.t.Logf("simtest: no %s: %v", name, err)
		}
	}
	s.t.Logf("simtest: tenant %s: journal.json, report.txt and replay.json are in %s (go test -artifacts keeps them)", s.tenant.Name, dir)
}

// wholeJournal is all that the journal still holds.
func (s *Sim) wholeJournal(ctx context.Context) ([]byte, error) {
	var all api.Journal
	for {
		page, err := s.control.Journal(ctx, s.tenant.Name, api.JournalQuery{Limit: 1000, After: all.Next})
		if err != nil {
			return nil, err
		}
		all.Entries, all.Lost, all.Next = append(all.Entries, page.Entries...), page.Lost, page.Next
		if len(page.Entries) == 0 {
			return json.MarshalIndent(all, "", "  ")
		}
	}
}
