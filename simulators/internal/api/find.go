package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// FindTask tells which vendor has a task, written as "vendor/id" or, where one
// vendor of the tenant's alone has it, as its id.
func (c *Client) FindTask(ctx context.Context, tenant, task string) (vendor, id string, err error) {
	t, err := c.Tenant(ctx, tenant)
	if err != nil {
		return "", "", err
	}
	vendors := slices.Sorted(maps.Keys(t.Credentials))
	if first, rest, ok := strings.Cut(task, "/"); ok && slices.Contains(vendors, first) {
		return first, rest, nil
	}
	var found []string
	for _, vendor := range vendors {
		_, err := c.Task(ctx, tenant, vendor, task)
		var problem *Problem
		switch {
		case err == nil:
			found = append(found, vendor)
		case !errors.As(err, &problem) || problem.Status != http.StatusNotFound:
			return "", "", err
		}
	}
	switch len(found) {
	case 0:
		return "", "", fmt.Errorf("no vendor of scenario %s has a task %q", t.Scenario, task)
	case 1:
		return found[0], task, nil
	}
	return "", "", fmt.Errorf("%s have a task %q; say which, as %s/%s", strings.Join(found, " and "), task, found[0], task)
}

// NewTarget is a task, written as FindTask takes it, in a state.
func (t Tenant) NewTarget(task, state string) *Target {
	if first, rest, ok := strings.Cut(task, "/"); ok {
		if _, ok := t.Credentials[first]; ok {
			return &Target{Vendor: first, Task: rest, State: state}
		}
	}
	return &Target{Task: task, State: state}
}
