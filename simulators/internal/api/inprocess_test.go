package api

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// A handler may end the connection: before an answer, or amid one.
func TestInProcessWithoutAnAnswer(t *testing.T) {
	hangUp := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Id", "7")
		if r.URL.Path == "/amid" {
			_, _ = io.WriteString(w, "half")
		}
		panic(http.ErrAbortHandler)
	})
	for path, want := range map[string]int{"/before": 0, "/amid": http.StatusOK} {
		if got := Ask(hangUp, httptest.NewRequest("GET", path, nil)); got.StatusCode != want || got.Header.Get("X-Id") != "7" {
			t.Errorf("%s: %d, %v", path, got.StatusCode, got.Header)
		}
	}
	client := http.Client{Transport: InProcess(hangUp)}
	if res, err := client.Get("http://localhost/before"); !errors.Is(err, io.EOF) {
		t.Errorf("%v, %v", res, err)
	}
}

func TestInProcessPanics(t *testing.T) {
	defer func() {
		if recover() != "a defect" {
			t.Error("a defect is hidden")
		}
	}()
	Ask(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("a defect") }), httptest.NewRequest("GET", "/", nil))
}
