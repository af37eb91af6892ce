// Command sailpoint aggregates the accounts of a source with one package of the
// vendor's own SDK, waits for the end and finds the task in a list. It exits 0
// only if every step was right.
//
// SAIL_BASE_URL, SAIL_CLIENT_ID and SAIL_CLIENT_SECRET are those of the SDK.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/sailpoint-oss/golang-sdk/v2/api_v2025"
)

// polls is how often the task is asked for before this gives up.
const polls = 20

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "sailpoint:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	base := os.Getenv("SAIL_BASE_URL")
	// As the SDK's outer package does it. The token is fetched at the first call.
	client := api_v2025.NewAPIClient(api_v2025.NewConfiguration(
		os.Getenv("SAIL_CLIENT_ID"), os.Getenv("SAIL_CLIENT_SECRET"), base+"/v2025", base+"/oauth/token", "", "", false))
	source, err := findSource(ctx, client)
	if err != nil {
		return fmt.Errorf("find a source: %w", err)
	}
	task, err := aggregate(ctx, client, source)
	if err != nil {
		return fmt.Errorf("load accounts of source %s: %w", source, err)
	}
	if err := wait(ctx, client, task); err != nil {
		return fmt.Errorf("task %s: %w", task, err)
	}
	if err := find(ctx, client, source, task); err != nil {
		return fmt.Errorf("list: %w", err)
	}
	return nil
}

// findSource is the source that was aggregated last.
func findSource(ctx context.Context, client *api_v2025.APIClient) (string, error) {
	tasks, _, err := client.TaskManagementAPI.GetTaskStatusList(ctx).
		Filters(`type eq "CLOUD_ACCOUNT_AGGREGATION"`).Sorters("-created").Limit(1).Execute()
	if err != nil {
		return "", err
	}
	if len(tasks) != 1 {
		return "", fmt.Errorf("%d tasks with limit 1", len(tasks))
	}
	target, ok := tasks[0].GetTargetOk()
	if !ok || target == nil || target.GetType() != "APPLICATION" || target.GetId() == "" {
		return "", fmt.Errorf("the target of task %s is no source", tasks[0].Id)
	}
	return target.GetId(), nil
}

// aggregate starts the work and answers the id of its task.
func aggregate(ctx context.Context, client *api_v2025.APIClient, source string) (string, error) {
	answer, response, err := client.SourcesAPI.ImportAccounts(ctx, source).DisableOptimization("true").Execute()
	if err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusAccepted || !answer.GetSuccess() {
		return "", fmt.Errorf("status %d, success %v", response.StatusCode, answer.GetSuccess())
	}
	task := answer.GetTask()
	if task.GetId() == "" {
		return "", fmt.Errorf("no task in the answer")
	}
	return task.GetId(), nil
}

// wait polls until the task has ended, which must be well.
func wait(ctx context.Context, client *api_v2025.APIClient, task string) error {
	percent := int32(0)
	for poll := range polls {
		status, _, err := client.TaskManagementAPI.GetTaskStatus(ctx, task).Execute()
		if err != nil {
			return err
		}
		ended, end := status.CompletionStatus.IsSet() && status.CompletionStatus.Get() != nil, ""
		if ended {
			end = *status.CompletionStatus.Get()
		}
		fmt.Println(task, status.PercentComplete, end)
		switch {
		case status.Id != task:
			return fmt.Errorf("the answer is of task %q", status.Id)
		case status.PercentComplete < percent:
			return fmt.Errorf("percentComplete fell from %d to %d", percent, status.PercentComplete)
		case ended && poll == 0:
			return fmt.Errorf("it had ended when first asked for")
		case ended && (end != "SUCCESS" || status.PercentComplete != 100 || status.Completed.Get() == nil):
			return fmt.Errorf("it ended as %s at %d%%, completed %v", end, status.PercentComplete, status.Completed.Get())
		case ended:
			return nil
		}
		percent = status.PercentComplete
	}
	return fmt.Errorf("still at %d%% after %d polls", percent, polls)
}

// find lists the good aggregations of the source; the newest must be the task.
func find(ctx context.Context, client *api_v2025.APIClient, source, task string) error {
	tasks, response, err := client.TaskManagementAPI.GetTaskStatusList(ctx).
		Filters(fmt.Sprintf(`sourceId eq "%s" and completionStatus eq "SUCCESS"`, source)).
		Sorters("-created").Count(true).Execute()
	if err != nil {
		return err
	}
	if len(tasks) == 0 || tasks[0].Id != task {
		return fmt.Errorf("task %s is not the first of %d", task, len(tasks))
	}
	if got, want := response.Header.Get("X-Total-Count"), fmt.Sprint(len(tasks)); got != want {
		return fmt.Errorf("X-Total-Count %q for %s tasks", got, want)
	}
	for _, one := range tasks {
		if target := one.GetTarget(); target.GetId() != source || one.CompletionStatus.Get() == nil || *one.CompletionStatus.Get() != "SUCCESS" {
			return fmt.Errorf("task %s does not fit the filter", one.Id)
		}
	}
	return nil
}
