package admin

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// seeds are the requests of the transcripts.
func seeds(f *testing.F, add func(*http.Request, string)) {
	files, err := filepath.Glob(filepath.Join(transcripts, "*.http"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		for _, b := range readTranscript(f, file).blocks {
			_, body, _ := strings.Cut(b.request, "\n\n")
			add(b.httpRequest(), body)
		}
	}
}

// hungUp is the context of a request whose client has gone: whoever waits or
// follows ends at once.
func hungUp() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// Whatever is asked, the answer is one of admin.yaml, and no defect.
func FuzzControl(f *testing.F) {
	seeds(f, func(r *http.Request, body string) {
		f.Add(r.Method, r.URL.Path, r.URL.RawQuery, r.Host, r.Header.Get("Origin"), r.Header.Get("Content-Type"), body)
	})
	var once sync.Once
	var g *rig
	f.Fuzz(func(t *testing.T, method, path, query, host, origin, content, body string) {
		once.Do(func() { // one for all: what came before is part of what is tried
			g = newRig(t, nil)
			g.tenant("t")
		})
		g.TB = t
		r, err := http.NewRequestWithContext(hungUp(), method, "http://localhost", strings.NewReader(body))
		if err != nil {
			t.Skip("no HTTP")
		}
		r.URL.Path, r.URL.RawQuery, r.Host = path, query, host
		if !strings.HasPrefix(path, "/") {
			t.Skip("no HTTP either")
		}
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		r.Header.Set("Content-Type", content)
		w := httptest.NewRecorder()
		g.admin.ServeHTTP(w, r)
		g.check(r, w)
	})
}
