package scenarios

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestShippedLoadCleanly(t *testing.T) {
	library := Shipped()
	want := []string{"big", "fails", "flapping", "happy", "partial", "polls", "rate-limited", "slow", "stuck"}
	if got := library.Names(); !slices.Equal(got, want) {
		t.Errorf("shipped scenarios are %v, want %v", got, want)
	}
	for _, name := range library.Names() {
		s, problems := library.Load(name, Known{}, nil)
		if len(problems) > 0 {
			t.Errorf("%v", problems)
			continue
		}
		if s.Name != name || s.Description == "" || s.Clock.Mode.Kind != Real {
			t.Errorf("%s: name %q, description %q, clock %v", name, s.Name, s.Description, s.Clock.Mode)
		}
	}
}

func TestEmbeddedNames(t *testing.T) {
	err := fs.WalkDir(shipped, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		for part := range strings.SplitSeq(path, "/") {
			if strings.HasPrefix(part, "_") || strings.HasPrefix(part, ".") {
				t.Errorf("%s is embedded, but looks like a draft", path)
			}
		}
		data, err := shipped.ReadFile(path)
		if !strings.HasPrefix(string(data), "# yaml-language-server: $schema=") {
			t.Errorf("%s does not begin with the line that names its schema to editors", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Many servers of one process load at once; -race watches.
func TestLoadingAtOnce(t *testing.T) {
	library := Shipped()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for _, name := range library.Names() {
				s, problems := library.Load(name, Known{}, []string{fmt.Sprintf("seed=%d", i), "lifecycles.extra={failed: {}}"})
				if s == nil || s.Seed != int64(i) || s.Lifecycles["extra"] == nil {
					t.Errorf("%s: %v", name, problems)
				}
			}
		})
	}
	all.Wait()
}
