package simulators

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vendorsim/vendorsim/openapi"
)

// Each behaviour that a spec names is shown by a transcript ("# shows: name")
// or, where a transcript cannot show it, by a Go test ("// shows: vendor/name");
// and whatever is said to be shown is in the spec.
func TestEachBehaviourIsShown(t *testing.T) {
	vendors, err := loadVendors()
	if err != nil {
		t.Fatal(err)
	}
	inTests := shownByTests(t)
	for _, v := range vendors {
		shown := map[string]bool{}
		for _, pattern := range []string{"/*.http", "/recorded/*.http"} {
			files, _ := filepath.Glob("../testdata/" + v.Name + pattern)
			for _, file := range files {
				for _, b := range readTranscript(t, file).blocks {
					for _, name := range b.shows() {
						shown[name] = true
					}
				}
			}
		}
		for _, name := range inTests[v.Name] {
			shown[name] = true
		}
		for _, b := range v.spec.Behaviours {
			if !shown[b.Name] {
				t.Errorf("%s: no test shows the behaviour %s", v.Name, b.Name)
			}
			delete(shown, b.Name)
		}
		for name := range shown {
			t.Errorf("%s: a test shows %q, which is no behaviour of the spec", v.Name, name)
		}
	}
}

var showsComment = regexp.MustCompile(`(?m)// shows: ([a-z]+)/([a-z0-9-]+)`)

func shownByTests(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, pattern := range []string{"*_test.go", "*/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range showsComment.FindAllStringSubmatch(string(data), -1) {
				found[m[1]] = append(found[m[1]], m[2])
			}
		}
	}
	return found
}

// Evidence of level recorded names its transcript, and no recorded transcript
// lies about unused.
func TestRecordedEvidenceHasItsTranscript(t *testing.T) {
	vendors, err := loadVendors()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vendors {
		named := map[string]bool{}
		for _, f := range v.spec.Facts() {
			if f.Level != openapi.Recorded {
				continue
			}
			named[f.Transcript] = true
			if _, err := os.Stat(filepath.Join("..", "testdata", v.Name, "recorded", f.Transcript)); err != nil {
				t.Errorf("%s: %s %s: %v", v.Name, f.Kind, f.Name, err)
			}
		}
		files, _ := filepath.Glob("../testdata/" + v.Name + "/recorded/*.http")
		for _, file := range files {
			if !named[filepath.Base(file)] {
				t.Errorf("%s: no evidence names it", file)
			}
		}
	}
}

// Our answer agrees with each recorded one key by key: the same members in the
// same order with values of the same JSON type. The values differ: they were
// somebody's tenant.
func TestRecordedExchanges(t *testing.T) {
	for _, file := range transcriptFiles(t, "*/recorded/*.http") {
		t.Run(strings.TrimPrefix(filepath.ToSlash(file), "../testdata/"), func(t *testing.T) {
			readTranscript(t, file).play(t, func(b *block, w *httptest.ResponseRecorder) {
				_, recorded, _ := strings.Cut("\n"+b.response, "\n\n")
				if recorded == "" {
					t.Fatalf("%s:%d: no recorded body", file, b.line)
				}
				want, err := shape(json.NewDecoder(strings.NewReader(recorded)))
				if err != nil {
					t.Fatalf("%s:%d: %v", file, b.line, err)
				}
				got, err := shape(json.NewDecoder(bytes.NewReader(w.Body.Bytes())))
				if err != nil {
					t.Fatalf("%s:%d: %v", file, b.line, err)
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s:%d: our answer has the shape\n%s\nrecorded is\n%s", file, b.line, strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
			})
		})
	}
}

// shape lists the members of a JSON document in order, each as path and type.
func shape(dec *json.Decoder) ([]string, error) {
	var lines []string
	var walk func(path string) error
	walk = func(path string) error {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		delim, compound := token.(json.Delim)
		if !compound {
			lines = append(lines, fmt.Sprintf("%s %T", path, token))
			return nil
		}
		lines = append(lines, path+" "+delim.String())
		for i := 0; dec.More(); i++ {
			name := fmt.Sprint(i)
			if delim == '{' {
				key, err := dec.Token()
				if err != nil {
					return err
				}
				name = fmt.Sprint(key)
			}
			if err := walk(path + "." + name); err != nil {
				return err
			}
		}
		_, err = dec.Token()
		return err
	}
	return lines, walk("")
}
