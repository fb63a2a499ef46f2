// Reads a file of CloudEvents, one a line, with the SDKs of CloudEvents and CDEvents. For each it prints type and subject,
// or why it is none that a CDEvents producer may send.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/cdevents/sdk-go/pkg/api"
	v04 "github.com/cdevents/sdk-go/pkg/api/v04"
	cloudevents "github.com/cloudevents/sdk-go/v2"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if err := check(lines.Bytes()); err != nil {
			fmt.Println("refused:", err)
		}
	}
}

func check(line []byte) error {
	var given cloudevents.Event
	if err := json.Unmarshal(line, &given); err != nil {
		return err
	}
	if err := given.Validate(); err != nil {
		return err
	}
	event, err := v04.NewFromJsonBytes(given.Data())
	if err != nil {
		return err
	}
	if err := api.Validate(event); err != nil {
		return err
	}
	// Once more as it came: what the SDK knows nothing of is not in what it made of it.
	_, schema, err := event.GetSchema()
	if err != nil {
		return err
	}
	var raw any
	if err := json.Unmarshal(given.Data(), &raw); err != nil {
		return err
	}
	if err := schema.Validate(raw); err != nil {
		return err
	}
	// The SDK doesn't keep the type of a custom event.
	var named struct{ Context struct{ Type string } }
	if err := json.Unmarshal(given.Data(), &named); err != nil {
		return err
	}
	bound, err := api.AsCloudEvent(event)
	if err != nil {
		return err
	}
	for _, pair := range [][2]string{{bound.ID(), given.ID()}, {bound.Source(), given.Source()}, {bound.Subject(), given.Subject()}, {named.Context.Type, given.Type()}} {
		if pair[0] != pair[1] {
			return fmt.Errorf("%s: the binding wants %q, not %q", given.Type(), pair[0], pair[1])
		}
	}
	if !event.GetTimestamp().Equal(given.Time()) {
		return fmt.Errorf("%s: two times", given.Type())
	}
	fmt.Println(given.Type(), given.Subject())
	return nil
}
