package google

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"

	"google.golang.org/api/option"
	htransport "google.golang.org/api/transport/http"

	"dragoman/internal/engine"
)

// Google makes glossaries from files of Cloud Storage only. One upload needs no
// more than a call of its JSON API, with the same credentials; Storage's own
// client would bring a hundred packages with it.

const (
	storageHost  = "https://storage.googleapis.com"
	storageScope = "https://www.googleapis.com/auth/devstorage.read_write"
)

var bucketAddress = regexp.MustCompile(`^gs://[a-z0-9][a-z0-9._-]+(/[^\s?#]*)?$`)

// upload puts a file with the entries into the bucket and gives its address.
func (e *Engine) upload(ctx context.Context, id string, g engine.Glossary) (uri string, err error) {
	var file bytes.Buffer
	w := csv.NewWriter(&file)
	for _, t := range g.Entries {
		if err := w.Write([]string{t.Source, t.Target}); err != nil {
			return "", e.fail(engine.Error{Kind: engine.Permanent, What: "the glossary's file cannot be written", Err: err})
		}
	}
	w.Flush()
	bucket, folder, _ := strings.Cut(strings.TrimPrefix(e.s.GlossaryBucket, "gs://"), "/")
	name := path.Join(folder, id+"-"+g.Version()+".csv")
	client, host, err := e.storage(ctx)
	if err != nil {
		return "", err
	}
	address := host + "/upload/storage/v1/b/" + url.PathEscape(bucket) + "/o?uploadType=media&name=" + url.QueryEscape(name)
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(file.Bytes()))
	if err != nil {
		return "", e.fail(engine.Error{Kind: engine.Permanent, What: "the glossary's file cannot be sent", Err: err})
	}
	q.Header.Set("Content-Type", "text/csv; charset=utf-8")
	resp, err := client.Do(q)
	if err != nil {
		if errors.Is(ctx.Err(), context.Canceled) {
			return "", fmt.Errorf("engine %s: %w", e.s.Name, ctx.Err())
		}
		return "", e.fail(engine.Error{Kind: engine.Retryable, What: "Cloud Storage cannot be reached", Remedy: "check the network", Err: err})
	}
	defer resp.Body.Close()
	const most = 16 << 10
	said, _ := io.ReadAll(io.LimitReader(resp.Body, most))
	return "gs://" + bucket + "/" + name, e.stored(resp.StatusCode, bucket, said)
}

// storage gives a client for Cloud Storage and where that is.
func (e *Engine) storage(ctx context.Context) (*http.Client, string, error) {
	if e.s.Insecure {
		return &http.Client{Timeout: engine.DefaultTimeout}, "http://" + e.s.Endpoint, nil
	}
	credentials, err := e.credentials()
	if err != nil {
		return nil, "", err
	}
	client, _, err := htransport.NewClient(context.WithoutCancel(ctx), append(credentials, option.WithScopes(storageScope), option.WithUserAgent("dragoman"))...)
	if err != nil {
		return nil, "", e.auth("no usable credentials for Cloud Storage were found", err)
	}
	return client, storageHost, nil
}

// stored decides what Cloud Storage's answer to an upload means.
func (e *Engine) stored(status int, bucket string, said []byte) error {
	cause := fmt.Errorf("HTTP %d: %s", status, said)
	switch {
	case status/100 == 2:
		return nil
	case status == http.StatusUnauthorized:
		return e.auth("Cloud Storage refuses its credentials", cause)
	case status == http.StatusForbidden:
		return e.fail(engine.Error{
			Kind: engine.Auth, What: "the credentials may not write to the bucket " + bucket,
			Remedy: "give the account the role Storage Object User (roles/storage.objectUser) on it", Err: cause,
		})
	case status == http.StatusNotFound:
		return e.fail(engine.Error{Kind: engine.Permanent, What: "there is no bucket " + bucket, Remedy: "make it, or correct the engine's glossary_bucket", Err: cause})
	case status == http.StatusTooManyRequests || status >= http.StatusInternalServerError:
		return e.fail(engine.Error{Kind: engine.Retryable, What: "Cloud Storage is busy", Remedy: "it is tried again", Err: cause})
	}
	return e.fail(engine.Error{Kind: engine.Permanent, What: fmt.Sprintf("Cloud Storage refuses the glossary's file (HTTP %d)", status), Remedy: "check the engine's glossary_bucket", Err: cause})
}
