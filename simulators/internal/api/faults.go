package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// NewFault is a fault to add: its keys as a scenario has them, or its text as
// "yaml" and, beside it, the "file" that problems are said to be in.
type NewFault map[string]any

// Fault is a fault in force.
type Fault struct {
	Name     string          `json:"name"`
	Words    string          `json:"words"`   // what it selects, and what the client gets
	Added    bool            `json:"added"`   // by the control API; else the scenario has it
	Matched  int             `json:"matched"` // requests that it selected, before count and chance
	Fired    int             `json:"fired"`
	Owed     int             `json:"owed"`               // times that it was told to fire once and has not yet
	Fault    json.RawMessage `json:"fault"`              // as a scenario has it
	Warnings []string        `json:"warnings,omitempty"` // where it is added: such as that it can never fire
}

// Faults are the faults in force, in the order in which they are asked.
type Faults struct {
	Faults []Fault `json:"faults"`
}

// FaultEdge is an instant at which a fault's window ("during") opens or closes.
type FaultEdge struct {
	At    time.Time `json:"at"`
	Name  string    `json:"name"`
	Opens bool      `json:"opens"`
}

// Token is a token that the tenant holds.
type Token struct {
	Vendor string     `json:"vendor"`
	Kind   string     `json:"kind"`           // the vendor's own: access, refresh ...
	Token  string     `json:"token"`          // its length and 4 hex of its hash
	Ends   *time.Time `json:"ends,omitempty"` // left out: never
}

// Tokens are the tokens that the tenant holds, in the order in which they were
// given.
type Tokens struct {
	Tokens []Token `json:"tokens"`
}

// Revoke chooses tokens to end. The zero value: all.
type Revoke struct {
	Vendor string `json:"vendor,omitempty"`
	Kind   string `json:"kind,omitempty"`
}

// Revoked says what came of revoking.
type Revoked struct {
	Revoked int `json:"revoked"`
}

// Faults are the faults in force.
func (c *Client) Faults(ctx context.Context, tenant string) (Faults, error) {
	return get[Faults](ctx, c, tenantPath(tenant, "faults"))
}

// AddFault puts a fault in force, behind the others.
func (c *Client) AddFault(ctx context.Context, tenant string, in NewFault) (Fault, error) {
	return post[Fault](ctx, c, tenantPath(tenant, "faults"), in)
}

// RemoveFault takes a fault out of force, whoever put it there.
func (c *Client) RemoveFault(ctx context.Context, tenant, name string) error {
	return c.Do(ctx, http.MethodDelete, tenantPath(tenant, "faults", name), nil, nil)
}

// FireFault lets a fault fire once, at the next request that its vendor, on, task
// and when select and that no earlier fault answers.
func (c *Client) FireFault(ctx context.Context, tenant, name string) (Fault, error) {
	return post[Fault](ctx, c, tenantPath(tenant, "faults", name, "fire"), nil)
}

// Tokens are the tokens that the tenant holds.
func (c *Client) Tokens(ctx context.Context, tenant string) (Tokens, error) {
	return get[Tokens](ctx, c, tenantPath(tenant, "tokens"))
}

// RevokeTokens ends tokens before their time.
func (c *Client) RevokeTokens(ctx context.Context, tenant string, in Revoke) (Revoked, error) {
	return post[Revoked](ctx, c, tenantPath(tenant, "tokens", "revoke"), in)
}
