package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
)

// Every call answers a *Problem where the API refuses.

// Tenants lists the tenants, by name.
func (c *Client) Tenants(ctx context.Context) (Tenants, error) {
	return get[Tenants](ctx, c, "/tenants")
}

// NewTenant makes a tenant; it comes with its credentials.
func (c *Client) NewTenant(ctx context.Context, in NewTenant) (Tenant, error) {
	return post[Tenant](ctx, c, "/tenants", in)
}

// Tenant is one tenant, with its credentials.
func (c *Client) Tenant(ctx context.Context, tenant string) (Tenant, error) {
	return get[Tenant](ctx, c, tenantPath(tenant))
}

// Reset begins a tenant anew; its definition stays.
func (c *Client) Reset(ctx context.Context, tenant string) (Tenant, error) {
	return post[Tenant](ctx, c, tenantPath(tenant, "reset"), nil)
}

// Delete ends a tenant.
func (c *Client) Delete(ctx context.Context, tenant string) error {
	return c.Do(ctx, http.MethodDelete, tenantPath(tenant), nil, nil)
}

// Clock is the tenant's clock.
func (c *Client) Clock(ctx context.Context, tenant string) (Clock, error) {
	return get[Clock](ctx, c, tenantPath(tenant, "clock"))
}

// Freeze stops the tenant's clock.
func (c *Client) Freeze(ctx context.Context, tenant string) (Clock, error) {
	return post[Clock](ctx, c, tenantPath(tenant, "clock", "freeze"), nil)
}

// Resume lets the tenant's clock run on.
func (c *Client) Resume(ctx context.Context, tenant string) (Clock, error) {
	return post[Clock](ctx, c, tenantPath(tenant, "clock", "resume"), nil)
}

// Speed makes the tenant's clock run so many seconds a real second.
func (c *Client) Speed(ctx context.Context, tenant string, speed int) (Clock, error) {
	return post[Clock](ctx, c, tenantPath(tenant, "clock", "speed"), Speed{Speed: speed})
}

// Advance moves the tenant's clock on and tells what it passed.
func (c *Client) Advance(ctx context.Context, tenant string, in Advance) (Moved, error) {
	return post[Moved](ctx, c, tenantPath(tenant, "clock", "advance"), in)
}

// TaskQuery chooses tasks. The zero value: the first page of all.
type TaskQuery struct {
	Vendor, Phase string
	Limit, Offset int
}

// Tasks is one page of the tenant's tasks.
func (c *Client) Tasks(ctx context.Context, tenant string, q TaskQuery) (Tasks, error) {
	v := values{}
	v.text("vendor", q.Vendor)
	v.text("phase", q.Phase)
	v.number("limit", int64(q.Limit))
	v.number("offset", int64(q.Offset))
	return get[Tasks](ctx, c, tenantPath(tenant, "tasks")+v.query())
}

// Task is one task.
func (c *Client) Task(ctx context.Context, tenant, vendor, id string) (Task, error) {
	return get[Task](ctx, c, tenantPath(tenant, "tasks", vendor, id))
}

// CreateTask creates a task as a client's call would.
func (c *Client) CreateTask(ctx context.Context, tenant string, in NewTask) (Task, error) {
	return post[Task](ctx, c, tenantPath(tenant, "tasks"), in)
}

// Force puts a task into a state.
func (c *Client) Force(ctx context.Context, tenant, vendor, id string, in Force) (Task, error) {
	return post[Task](ctx, c, tenantPath(tenant, "tasks", vendor, id, "force"), in)
}

// Cancel ends a task as cancelled.
func (c *Client) Cancel(ctx context.Context, tenant, vendor, id string) (Task, error) {
	return post[Task](ctx, c, tenantPath(tenant, "tasks", vendor, id, "cancel"), nil)
}

// Expire makes the vendor forget a task.
func (c *Client) Expire(ctx context.Context, tenant, vendor, id string) (Task, error) {
	return post[Task](ctx, c, tenantPath(tenant, "tasks", vendor, id, "expire"), nil)
}

// Scenario is what the tenant runs, with the resolved text.
func (c *Client) Scenario(ctx context.Context, tenant string) (Scenario, error) {
	return get[Scenario](ctx, c, tenantPath(tenant, "scenario"))
}

// ReplaceScenario lets the tenant run another scenario.
func (c *Client) ReplaceScenario(ctx context.Context, tenant string, in Scenario) (Replaced, error) {
	var out Replaced
	err := c.Do(ctx, http.MethodPut, tenantPath(tenant, "scenario"), in, &out)
	return out, err
}

// Wait waits for what in says, on the server's side.
func (c *Client) Wait(ctx context.Context, tenant string, in Wait) (Waited, error) {
	return post[Waited](ctx, c, tenantPath(tenant, "wait"), in)
}

// Report is the report card of the tenant's client.
func (c *Client) Report(ctx context.Context, tenant string) (*Report, error) {
	return get[*Report](ctx, c, tenantPath(tenant, "report"))
}

// The formats of a report as a document.
const (
	ReportJSON  = "json"
	ReportJUnit = "junit"
	ReportText  = "text"
)

// ReportAs is the report card as a document in one of the formats.
func (c *Client) ReportAs(ctx context.Context, tenant, format string) ([]byte, error) {
	return get[[]byte](ctx, c, tenantPath(tenant, "report")+"?format="+url.QueryEscape(format))
}

// Why explains the answer with this id, as X-Vendorsim-Request said it.
func (c *Client) Why(ctx context.Context, id string) (Why, error) {
	return get[Why](ctx, c, "/requests/"+url.PathEscape(id))
}

// Health tells whether the process runs.
func (c *Client) Health(ctx context.Context) (Health, error) {
	return get[Health](ctx, c, "/healthz")
}

// Ready tells whether it serves.
func (c *Client) Ready(ctx context.Context) (Health, error) {
	return get[Health](ctx, c, "/readyz")
}

// Version is the build information.
func (c *Client) Version(ctx context.Context) (Version, error) {
	return get[Version](ctx, c, "/version")
}

// values are a query; what is empty is left out.
type values struct{ url.Values }

func (v *values) text(name, value string) {
	if value == "" {
		return
	}
	if v.Values == nil {
		v.Values = url.Values{}
	}
	v.Set(name, value)
}

func (v *values) number(name string, n int64) {
	if n != 0 {
		v.text(name, strconv.FormatInt(n, 10))
	}
}

func (v *values) flag(name string, set bool) {
	if set {
		v.text(name, "true")
	}
}

// query is the values as the end of a path: empty, or from the question mark on.
func (v *values) query() string {
	if len(v.Values) == 0 {
		return ""
	}
	return "?" + v.Encode()
}
