// Command gofmc deploys to a device with the shipping client go-fmc and waits
// for the end. It exits 0 only if every step was right.
//
// With FMC_TOKEN it works as cloud-delivered FMC wants it, else on-prem with
// FMC_USERNAME and FMC_PASSWORD. FMC_URL is everything before /api.
package main

import (
	"fmt"
	"os"

	"github.com/netascode/go-fmc"
)

// polls is how often the task is asked for before this gives up.
const polls = 20

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gofmc:", err)
		os.Exit(1)
	}
}

func run() error {
	client, err := logIn()
	if err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	task, err := deploy(&client)
	if err != nil {
		return fmt.Errorf("deploy: %w", err)
	}
	if err := wait(&client, task); err != nil {
		return fmt.Errorf("task %s: %w", task, err)
	}
	return nil
}

// logIn makes the client, which asks for the version (and so logs in) at once.
func logIn() (client fmc.Client, err error) {
	url := os.Getenv("FMC_URL")
	if token := os.Getenv("FMC_TOKEN"); token != "" {
		client, err = fmc.NewClientCDFMC(url, token)
	} else {
		client, err = fmc.NewClient(url, os.Getenv("FMC_USERNAME"), os.Getenv("FMC_PASSWORD"))
	}
	switch {
	case err != nil:
		return client, err
	case client.DomainUUID == "" || client.Domains["Global"] != client.DomainUUID:
		return client, fmt.Errorf("domain %q is not the global one of %v", client.DomainUUID, client.Domains)
	}
	return client, nil
}

const domain = "/api/fmc_config/v1/domain/{DOMAIN_UUID}"

// deploy asks for a deployment to the first device that can have one and
// answers the id of its task.
func deploy(client *fmc.Client) (string, error) {
	devices, err := client.Get(domain + "/deployment/deployabledevices?expanded=true")
	if err != nil {
		return "", err
	}
	device, version := devices.Get("items.0.device.id").String(), devices.Get("items.0.version").String()
	if device == "" || version == "" {
		return "", fmt.Errorf("no deployable device in %s", devices.Raw)
	}
	body := fmc.Body{}.
		Set("type", "DeploymentRequest").
		Set("version", version).
		Set("forceDeploy", true).
		Set("ignoreWarning", true).
		Set("deviceList", []string{device}).
		Set("deploymentNote", "by a shipping client")
	answer, err := client.Post(domain+"/deployment/deploymentrequests", body.Str)
	if err != nil {
		return "", err
	}
	if got := answer.Get("deviceList.0").String(); got != device {
		return "", fmt.Errorf("asked for device %s, the answer has %q", device, got)
	}
	task := answer.Get("metadata.task.id").String()
	if task == "" {
		return "", fmt.Errorf("no task in %s", answer.Raw)
	}
	return task, nil
}

// wait polls until the task has ended, which must be well.
func wait(client *fmc.Client, task string) error {
	seen := ""
	for range polls {
		answer, err := client.Get(domain + "/job/taskstatuses/" + task)
		if err != nil {
			return err
		}
		if got := answer.Get("id").String(); got != task {
			return fmt.Errorf("the answer is of task %q", got)
		}
		status := answer.Get("status").String()
		fmt.Println(task, status)
		switch status {
		case "Deployed":
			if seen == "" {
				return fmt.Errorf("it had ended when first asked for")
			}
			return nil
		case "Pending", "Deploying":
			seen = status
		default:
			return fmt.Errorf("status %q", status)
		}
	}
	return fmt.Errorf("still %s after %d polls", seen, polls)
}
