package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"syscall"
)

// Client calls a control API. Safe for concurrent use.
type Client struct {
	base  string // scheme, host and, if any, the path before the API's own
	token string
	http  *http.Client
}

// NewClient is a client of the control API at an address: host:port, or a URL.
// token may be empty; so may transport, for the default one. The error says what
// is wrong with the address.
func NewClient(address, token string, transport http.RoundTripper) (*Client, error) {
	written := address
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	u, err := url.Parse(address)
	switch {
	case err != nil, u.Host == "", u.Hostname() == "":
		return nil, fmt.Errorf("control API address %q: give host:port or a URL, such as 127.0.0.1:7801", written)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("control API address %q: the scheme is http or https", written)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("the control API's address has no user, query or fragment; give a token by itself")
	}
	// A redirect is none of the API's answers: following one would send the token on.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{
		base: u.Scheme + "://" + u.Host + strings.TrimSuffix(u.EscapedPath(), "/"), token: token,
		http: &http.Client{Transport: transport, CheckRedirect: stay},
	}, nil
}

// Address is the URL of the API's root, without a slash at its end.
func (c *Client) Address() string { return c.base }

// Do makes one call. path is below the API's root, escaped, with its query. in
// is sent as JSON unless it is nil. The answer is decoded into out: as JSON, or
// as it is where out is a *[]byte; nil drops it. A refusal of the API comes back
// as a *Problem.
func (c *Client) Do(ctx context.Context, method, path string, in, out any) error {
	res, err := c.send(ctx, method, path, in, nil)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // it was read
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	switch out := out.(type) {
	case nil:
		return nil
	case *[]byte:
		*out = body
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("%s %s: the answer is not the control API's: %w", method, path, err)
	}
	return nil
}

// send makes a call whose answer is good. Its body must be closed.
func (c *Client) send(ctx context.Context, method, path string, in any, header http.Header) (*http.Response, error) {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", method, path, err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	if in != nil || method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json") // every write says so
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return nil, fmt.Errorf("no control API at %s: is vendorsim serving, with --admin? (%w)", c.base, err)
	}
	if err != nil {
		return nil, err
	}
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		return res, nil
	}
	defer func() { _ = res.Body.Close() }() // the error says what matters
	return nil, refusal(method, path, res)
}

// maxRefusal is how much of a refusal is read, in bytes: a scenario's problems
// are many.
const maxRefusal = 1 << 20

// refusal is the error that an answer which is not good stands for.
func refusal(method, path string, res *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(res.Body, maxRefusal))
	media, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if p := new(Problem); err == nil && media == "application/problem+json" && json.Unmarshal(body, p) == nil {
		return p
	}
	text := strings.TrimSpace(string(body[:min(len(body), 200)]))
	return fmt.Errorf("%s %s: %s: this is not the control API's answer: %q", method, path, res.Status, text)
}

// tenantPath is a path below a tenant. Each part is one segment, whatever it
// holds.
func tenantPath(tenant string, parts ...string) string {
	path := "/tenants/" + url.PathEscape(tenant)
	for _, part := range parts {
		path += "/" + url.PathEscape(part)
	}
	return path
}

// DoTenant makes one call whose path, escaped and with its slash, stands below a
// tenant. The answer is dropped.
func (c *Client) DoTenant(ctx context.Context, method, tenant, path string, in any) error {
	return c.Do(ctx, method, tenantPath(tenant)+path, in, nil)
}

// get, and post below: one call whose answer is a T.
func get[T any](ctx context.Context, c *Client, path string) (T, error) {
	var out T
	err := c.Do(ctx, http.MethodGet, path, nil, &out)
	return out, err
}

func post[T any](ctx context.Context, c *Client, path string, in any) (T, error) {
	var out T
	err := c.Do(ctx, http.MethodPost, path, in, &out)
	return out, err
}
