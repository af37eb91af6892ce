package scenarios

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each file in testdata/bad breaks one rule, mostly in several ways, and ends
// with all that must be said about it: "#! line:col: text".
func TestBadFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 95 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		file := filepath.Base(path)
		t.Run(strings.TrimSuffix(file, ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for line := range strings.Lines(string(data)) {
				if text, found := strings.CutPrefix(line, "#! "); found {
					want = append(want, file+":"+strings.TrimSpace(text))
				}
			}
			s, problems := Parse(file, data, testKnown)
			if got := problems.Error(); got != strings.Join(want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
			}
			if onlyWarnings := problems.Err() == nil; onlyWarnings != (s != nil) || len(want) == 0 {
				t.Errorf("scenario %v with %d problems", s, len(want))
			}
		})
	}
}
