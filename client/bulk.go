package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"

	"regulars/internal/door/api/wire"
)

// BulkResult is what became of one of many.
type BulkResult = wire.BulkResult

// typeOf is the type that a line says.
func typeOf(one any) (string, error) {
	switch one.(type) {
	case Customer:
		return "customer", nil
	case Order:
		return "order", nil
	case Return:
		return "return", nil
	case Subscription:
		return "subscription", nil
	case Event:
		return "event", nil
	case Answer:
		return "answer", nil
	case Cost:
		return "cost", nil
	case Initiative:
		return "initiative", nil
	case Product:
		return "product", nil
	}
	return "", fmt.Errorf("%T is nothing that can be sent", one)
}

// line is {"type":"order", ...}.
func line(one any) ([]byte, error) {
	name, err := typeOf(one)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(one)
	if err != nil {
		return nil, fmt.Errorf("encode a line: %w", err)
	}
	head := []byte(`{"type":"` + name + `"`)
	if len(text) > len("{}") {
		head = append(head, ',')
	}
	return append(append(head, text[1:]...), '\n'), nil
}

// SendMany sends up to 10,000 customers and facts of any types, and calls each with what became of them, in their order,
// as the server tells. It is not repeated by itself: what has no answer when a connection breaks may be sent again.
func (c *Client) SendMany(ctx context.Context, all iter.Seq[any], each func(BulkResult) error) error {
	reader, writer := io.Pipe()
	go func() {
		for one := range all {
			text, err := line(one)
			if err == nil {
				_, err = writer.Write(text)
			}
			if err != nil {
				writer.CloseWithError(err)
				return
			}
		}
		writer.Close() //nolint:errcheck // it returns nil
	}()
	defer reader.Close() //nolint:errcheck // it returns nil; whoever still writes stops
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/v1/bulk", reader)
	if err != nil {
		return fmt.Errorf("call /v1/bulk: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+c.key)
	request.Header.Set("Content-Type", "application/x-ndjson")
	patient := *c.HTTP
	patient.Timeout = 0 // the context bounds it
	response, err := patient.Do(request)
	if err != nil {
		return fmt.Errorf("call POST /v1/bulk: %w", err)
	}
	defer response.Body.Close() //nolint:errcheck // it has been read
	if response.StatusCode >= http.StatusMultipleChoices {
		p := &Problem{Status: response.StatusCode, Code: "unexplained", Title: http.StatusText(response.StatusCode)}
		_ = json.NewDecoder(response.Body).Decode(p) // what cannot be read stays unexplained
		return p
	}
	results := json.NewDecoder(bufio.NewReader(response.Body))
	for {
		var r BulkResult
		if err := results.Decode(&r); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("read the answer to POST /v1/bulk: %w", err)
		}
		if err := each(r); err != nil {
			return err
		}
	}
}
