package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/gorilla/mux"
)

// staticRole is the plain net/http handler beside which vendorsim stands: it
// reads the request to its end and answers fixed bytes, with no checks and no
// state. With routes it does the same behind mux.
type staticRole struct {
	on                  bool
	body, media, routes string
}

func (s staticRole) serve() error {
	body, err := os.ReadFile(s.body)
	if err != nil {
		return err
	}
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", s.media)
		_, _ = w.Write(body)
	})
	handler, err := s.handler(answer)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	line, err := json.Marshal(map[string]string{"listening": "http://" + l.Addr().String()})
	if err != nil {
		return err
	}
	fmt.Println(string(line))
	return http.Serve(l, handler)
}

// mallocsPath is where the handler tells what it has allocated, if it was started
// for that; noRoutes is the word for that without mux.
const (
	mallocsPath = "/mallocs"
	noRoutes    = "none"
)

// handler is the answer as it is, or with its count of allocations beside it, or
// with both behind mux.
func (s staticRole) handler(answer http.HandlerFunc) (http.Handler, error) {
	switch s.routes {
	case "":
		return answer, nil
	case noRoutes:
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == mallocsPath {
				tellMallocs(w, r)
				return
			}
			answer(w, r)
		}), nil
	}
	data, err := os.ReadFile(s.routes)
	if err != nil {
		return nil, err
	}
	r := mux.NewRouter().SkipClean(true).UseEncodedPath()
	for line := range strings.Lines(string(data)) {
		method, path, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			return nil, fmt.Errorf("%s: %q is no route", s.routes, line)
		}
		r.Methods(method).Path(path).Handler(answer)
	}
	r.Path(mallocsPath).HandlerFunc(tellMallocs)
	return r, nil
}

func tellMallocs(w http.ResponseWriter, _ *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	_, _ = io.WriteString(w, strconv.FormatUint(m.Mallocs, 10))
}
