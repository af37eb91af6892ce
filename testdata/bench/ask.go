package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// answer asks a server once, by an ordinary client, and gives the body and its
// content type. Any status but 200 is an error, and so is a body without what is
// in each good one.
func (c call) answer(host string) (body []byte, media string, err error) {
	c = c.numbered(0)
	r, err := http.NewRequest(c.method, "http://"+host+c.path, strings.NewReader(c.body))
	if err != nil {
		return nil, "", err
	}
	for _, h := range c.headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header[http.CanonicalHeaderKey(name)] = []string{value}
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, "", err
	}
	defer w.Body.Close()
	if body, err = io.ReadAll(w.Body); err != nil {
		return nil, "", err
	}
	if w.StatusCode != http.StatusOK || !strings.Contains(string(body), c.good) {
		return nil, "", fmt.Errorf("%s %s: %s\n%.2000s", c.method, c.path, w.Status, body)
	}
	return body, w.Header.Get("Content-Type"), nil
}

// get is a body of the control API, or of the handler behind mux.
func get(url string) ([]byte, error) {
	w, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer w.Body.Close()
	body, err := io.ReadAll(w.Body)
	if err == nil && w.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s\n%.2000s", url, w.Status, body)
	}
	return body, err
}

// counts are what the control API's /metrics tells.
type counts struct {
	good    float64 // answers of 2xx
	bad     float64 // other answers, and requests that were refused before they had a tenant
	mallocs float64
}

func (p *process) counts() (counts, error) {
	text, err := get(p.control + "/metrics")
	if err != nil {
		return counts{}, err
	}
	return parseCounts(string(text))
}

func parseCounts(text string) (counts, error) {
	var c counts
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return c, fmt.Errorf("metrics: %q: %w", line, err)
		}
		switch {
		case strings.HasPrefix(name, "vendorsim_requests_total{") && strings.Contains(name, `status="2xx"`):
			c.good += n
		case strings.HasPrefix(name, "vendorsim_requests_total{"), strings.HasPrefix(name, "vendorsim_refused_total{"):
			c.bad += n
		case name == "go_memstats_mallocs_total":
			c.mallocs = n
		}
	}
	if c.mallocs == 0 {
		return c, errors.New("metrics: go_memstats_mallocs_total is missing")
	}
	return c, nil
}

// allGood asks the server itself whether it answered so many requests, each of
// them well; a load generator cannot tell a 204 from a 200.
func (p *process) allGood(atLeast float64) error {
	c, err := p.counts()
	switch {
	case err != nil:
		return err
	case c.bad > 0:
		return fmt.Errorf("the run is void: the server counts %s answers that were not good", count(c.bad))
	case c.good < atLeast:
		return fmt.Errorf("the run is void: the server counts %s answers, and %s were received", count(c.good), count(atLeast))
	}
	return nil
}

// noneRefused looks for a refused request in the journal of the tenant demo, as
// far back as that reaches: a refusal in GravityZone's words has status 200.
func (p *process) noneRefused() error {
	text, err := get(p.control + "/tenants/demo/journal?refused=true&limit=1")
	if err != nil {
		return err
	}
	var journal struct{ Entries []json.RawMessage }
	if err := json.Unmarshal(text, &journal); err != nil {
		return err
	}
	if len(journal.Entries) > 0 {
		return fmt.Errorf("the run is void: the journal has a refused request:\n%.2000s", text)
	}
	return nil
}
