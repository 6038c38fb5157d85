package httpjson

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
)

// broken decides what a call means that got no whole answer.
func (c *Client) broken(ctx context.Context, err error) error {
	// url.Error quotes the address; what is in it is enough.
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var dial *net.OpError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return fmt.Errorf("engine %s: %w", c.Engine, ctx.Err())
	case errors.Is(err, ErrOutside):
		return outside(c.Engine, c.Host())
	case unverified(err):
		return c.fail(engine.Error{
			Kind: engine.Permanent, What: fmt.Sprintf("the certificate of %s (%s) does not verify", c.Host(), c.Service),
			Remedy: "check the engine's endpoint, the machine's clock and its list of authorities; something may be in between", Err: err,
			Trouble: edition.Trouble{Reason: edition.TroubleCertificate, Where: c.Host()},
		})
	case notTLS(err):
		return c.fail(engine.Error{
			Kind: engine.Permanent, What: fmt.Sprintf("%s does not speak TLS", c.Host()),
			Remedy: "check the engine's endpoint: on this machine it may begin with http://", Err: err,
			Trouble: edition.Trouble{Reason: edition.TroubleEndpoint, Where: c.Host(), See: "endpoint"},
		})
	case errors.As(err, &dial) && dial.Op == "dial":
		return c.fail(engine.Error{
			Kind: engine.Retryable, What: fmt.Sprintf("%s cannot be reached at %s", c.Service, c.Host()),
			Remedy: "it is tried again; check that it runs and that the endpoint is right if this stays", Err: err,
			Trouble: edition.Trouble{Reason: edition.TroubleUnreachable, Where: c.Host()},
		})
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return c.fail(engine.Error{
			Kind: engine.Retryable, MayBeBilled: true, What: c.Service + " gave no answer in time",
			Remedy: "it is tried again; raise the engine's timeout if this stays", Err: ctx.Err(),
			Trouble: edition.Trouble{Reason: edition.TroubleLate, Where: c.Host(), See: "timeout"},
		})
	}
	return c.fail(engine.Error{
		Kind: engine.Retryable, MayBeBilled: true, What: fmt.Sprintf("the connection to %s was cut", c.Service),
		Remedy: "it is tried again; check the network if this stays", Err: err,
		Trouble: edition.Trouble{Reason: edition.TroubleCut, Where: c.Host()},
	})
}

// unverified tells certificates that no retry mends.
func unverified(err error) bool {
	var (
		verification *tls.CertificateVerificationError
		authority    x509.UnknownAuthorityError
		host         x509.HostnameError
		invalid      x509.CertificateInvalidError
	)
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid)
}

// notTLS tells a server that was asked for TLS and has none.
func notTLS(err error) bool {
	var record tls.RecordHeaderError
	return errors.As(err, &record) || errors.Is(err, http.ErrSchemeMismatch)
}

// redirected is the error of a service that sends elsewhere.
func (c *Client) redirected(st *Status) error {
	return c.fail(engine.Error{
		Kind: engine.Permanent, What: fmt.Sprintf("%s sends the call elsewhere, which is not followed", c.Host()),
		Remedy: "set the engine's endpoint to where it really is", Err: st,
		Trouble: edition.Trouble{Reason: edition.TroubleEndpoint, Where: c.Host(), See: "endpoint"},
	})
}

// Classify decides what a status means that every service uses in the same way;
// an adapter asks for it after its own. What the service said is a cause, for
// the log, and no part of the message.
func (c *Client) Classify(st *Status) error {
	e := engine.Error{Err: st, After: st.After}
	told := func(reason edition.TroubleReason, see string) {
		e.Trouble = edition.Trouble{Reason: reason, Where: c.Host(), See: see, Detail: fmt.Sprintf("HTTP %d", st.Code)}
	}
	switch code := st.Code; {
	case code/100 == 3:
		return c.redirected(st)
	case code == http.StatusTooManyRequests:
		e.Kind, e.What = engine.Retryable, c.Service+" is asked more than it takes"
		e.Remedy = "it is tried again; lower the engine's limits if this stays"
		told(edition.TroubleBusy, "")
	case code == http.StatusUnauthorized || code == http.StatusForbidden || code == http.StatusProxyAuthRequired:
		e.Kind, e.What = engine.Auth, fmt.Sprintf("%s refuses access (HTTP %d)", c.Host(), code)
		e.Remedy = "check the engine's api_key"
		told(edition.TroubleCredentials, "api_key")
	case code == http.StatusNotFound || code == http.StatusMethodNotAllowed || code == http.StatusGone:
		e.Kind, e.What = engine.Permanent, fmt.Sprintf("%s is not known at %s (HTTP %d)", c.Service, c.Host(), code)
		e.Remedy = "check the engine's endpoint and kind"
		told(edition.TroubleEndpoint, "endpoint")
	case code == http.StatusRequestEntityTooLarge || code == http.StatusRequestURITooLong:
		e.Kind, e.What = engine.Permanent, fmt.Sprintf("a request is larger than %s takes (HTTP %d)", c.Service, code)
		e.Remedy = "split the sentence, or lower the engine's limits"
		told(edition.TroubleLong, "")
	case code == http.StatusRequestTimeout:
		e.Kind, e.What, e.Remedy = engine.Retryable, c.Service+" waited too long for the request", "it is tried again"
		told(edition.TroubleDown, "")
	case code == http.StatusServiceUnavailable || code == overloaded:
		e.Kind, e.What, e.Remedy = engine.Retryable, c.Service+" is overloaded or down for a moment", "it is tried again"
		told(edition.TroubleDown, "")
	case code >= http.StatusInternalServerError:
		e.Kind, e.MayBeBilled = engine.Retryable, true
		e.What, e.Remedy = fmt.Sprintf("%s did not answer as it should (HTTP %d)", c.Service, code), "it is tried again"
		told(edition.TroubleFault, "")
	default:
		e.Kind, e.What = engine.Permanent, fmt.Sprintf("%s refuses the request (HTTP %d)", c.Service, code)
		e.Remedy = "check the engine's settings"
		told(edition.TroubleRefused, "")
	}
	return c.fail(e)
}

// overloaded is a status that DeepL and others use beside 503.
const overloaded = 529
