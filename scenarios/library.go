package scenarios

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
)

//go:generate go run ./internal/schemagen scenario.schema.json

//go:embed *.yaml incident/*.yaml
var shipped embed.FS

// Library holds scenario files by the names that they give themselves. It is
// not safe to add to it while others use it; loading alone is.
type Library struct {
	sources map[string]*source
}

// source is one file, not yet checked.
type source struct {
	file string
	data []byte
	tree func() (*node, Problems) // nil if it cannot be read; it is read when first asked for
}

// Shipped is a new library of the scenarios that are embedded.
func Shipped() *Library {
	return &Library{sources: maps.Clone(shippedSources())}
}

var shippedSources = sync.OnceValue(func() map[string]*source {
	sources := map[string]*source{}
	// An embedded file system answers no errors, and a test loads every file.
	_ = fs.WalkDir(shipped, ".", func(path string, d fs.DirEntry, _ error) error {
		if d.IsDir() {
			return nil
		}
		data, _ := shipped.ReadFile(path)
		sources[strings.TrimSuffix(path, ".yaml")] = readSource("scenarios/"+path, data)
		return nil
	})
	return sources
})

func readSource(file string, data []byte) *source {
	s := &source{file: file, data: bytes.Clone(data)}
	s.tree = sync.OnceValues(func() (*node, Problems) {
		root, problems := readTree(s.file, s.data)
		switch {
		case root == nil:
		case root.kind == null:
			problems.add(root.at, `the file is empty; a scenario begins with "version: 1" and a "name"`)
			return nil, problems
		case root.kind != mapping:
			problems.add(root.at, `a scenario must be a mapping with keys such as "version" and "name", not %s`, root.kind)
			return nil, problems
		}
		return root, problems
	})
	return s
}

// Names are the names of all scenarios, sorted.
func (l *Library) Names() []string { return slices.Sorted(maps.Keys(l.sources)) }

// Has tells whether there is a scenario of this name.
func (l *Library) Has(name string) bool { return l.sources[name] != nil }

// File is where the scenario of this name stands, or "".
func (l *Library) File(name string) string {
	if s := l.sources[name]; s != nil {
		return s.file
	}
	return ""
}

// AddFile reads a file and adds it under its own name. The error, which may be
// Problems, says why it cannot join: it is no YAML, has no fit name, or its
// name is taken. Everything else that is wrong with it, Load tells.
func (l *Library) AddFile(path string) (name string, err error) {
	data, err := readFile(path)
	if err != nil {
		return "", err
	}
	s := readSource(path, data)
	root, problems := s.tree()
	if root == nil {
		return "", problems
	}
	named := root.get("name")
	if named == nil || named.kind != text {
		at, _ := root.find("name")
		return "", Problems{{At: at.at, Text: `a scenario needs a "name", a text such as "slow-login"`}}
	}
	name = named.scalar
	if err := nameError(name); err != nil {
		return "", Problems{{At: named.at, Text: err.Error()}}
	}
	if other := l.sources[name]; other != nil {
		if sameFile(other.file, path) {
			return name, nil // named twice, as by a folder and by itself
		}
		return "", Problems{{At: named.at, Text: fmt.Sprintf("the name %q is taken by %s; give this scenario another", name, other.file)}}
	}
	l.sources[name] = s
	return name, nil
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// readFile reads no more of a file than a scenario may have and one byte.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

// AddDir adds every *.yaml and *.yml below a folder, but no hidden ones. What
// can be added is; the error joins those of all files that cannot.
func (l *Library) AddDir(dir string) error {
	var failed []error
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		hidden := path != dir && strings.HasPrefix(d.Name(), ".")
		switch ext := filepath.Ext(path); {
		case err != nil:
			return err
		case hidden && d.IsDir():
			return filepath.SkipDir
		case hidden || d.IsDir() || ext != ".yaml" && ext != ".yml":
			return nil
		}
		if _, err := l.AddFile(path); err != nil {
			failed = append(failed, err)
		}
		return nil
	})
	return errors.Join(append(failed, err)...)
}

// Load resolves extends, applies the sets (each "path=value"), fills in what
// was left out and checks the whole. The scenario is nil if there are errors;
// it comes with the warnings otherwise. Loading is cheap; callers cache.
//
// Left out: the seed is 1, the clock is real, the vendors are all that Known
// knows. A scenario without lifecycles has those of happy. The default
// lifecycle is the only one, else that of happy, whose lifecycles then join
// under their names. Where tasks are left out, happy's lifecycle Waiting is
// there too. What an expectation of calls counts is per task, and so is what a
// fault counts; its answer comes before the work. A limit's windows are fixed and
// ignore early retries.
func (l *Library) Load(name string, known Known, sets []string) (*Scenario, Problems) {
	s := l.sources[name]
	if s == nil {
		return nil, Problems{{Text: fmt.Sprintf("there is no scenario %q%s", name, didYouMean(name, l.Names()))}}
	}
	return l.load(s, known, sets)
}

// LoadText loads a text that joins no library, such as one that came over a
// control API; file is what its positions say. It is held to the same rules as
// a file and may extend what is in the library. Since it joins nothing, its name
// may be that of another scenario.
func (l *Library) LoadText(file string, data []byte, known Known, sets []string) (*Scenario, Problems) {
	src := readSource(file, data)
	return l.load(src, known, sets)
}

// Parse loads one file that stands in no library. It may extend what ships.
func Parse(file string, data []byte, known Known) (*Scenario, Problems) {
	return Shipped().load(readSource(file, data), known, nil)
}

func (l *Library) load(src *source, known Known, sets []string) (*Scenario, Problems) {
	root, problems := l.resolve(src, []*source{src})
	if root == nil {
		return nil, problems.sorted().capped()
	}
	root, wrong := applySets(root, sets)
	problems = append(problems, wrong...)
	if own, _ := src.tree(); root != own {
		if wrong := tooLarge(root); len(wrong) > 0 { // nothing is concluded from the rest
			return nil, append(problems, wrong...).sorted().capped()
		}
	}
	happy, _ := shippedSources()["happy"].tree()
	whole, byDefault := withHappy(root, happy)

	d := newDecoder()
	s := &Scenario{}
	d.decode(whole, reflect.ValueOf(s).Elem(), "")
	s.fillIn(whole, known, byDefault)
	c := &checker{decoder: d, root: whole, scenario: s, known: known}
	c.check()
	problems = append(problems, d.problems...).sorted()
	if problems.Err() != nil {
		return nil, problems.capped()
	}
	s.numberTasks()
	s.remember(src, root)
	return s, problems.capped()
}

// resolve is the tree of a source upon those that it extends.
func (l *Library) resolve(s *source, chain []*source) (*node, Problems) {
	own, problems := s.tree()
	problems = slices.Clone(problems)
	if own == nil {
		return nil, problems
	}
	extends := own.get("extends")
	if extends == nil || extends.kind != text {
		return own, problems
	}
	base := l.sources[extends.scalar]
	switch {
	case base == nil:
		problems.add(extends.at, "extends %q, which is no scenario here%s", extends.scalar, didYouMean(extends.scalar, l.Names()))
		return own, problems
	case slices.Contains(chain, base):
		problems.add(extends.at, "extends %q, which extends this scenario in turn", extends.scalar)
		return own, problems
	}
	root, wrong := l.resolve(base, append(chain, base))
	problems = append(problems, wrong...)
	if root == nil { // the base is none that can be read, and says why
		return own, problems
	}
	return extend(root, own), problems
}
