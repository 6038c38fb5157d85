package google

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/googleapis/gax-go/v2/apierror"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
)

const credentialsVariable = "GOOGLE_APPLICATION_CREDENTIALS"

// classify decides what an error of the service means (google.rpc.Code, with
// the reasons of google.api.ErrorReason).
func (e *Engine) classify(ctx context.Context, err error, r engine.Request) error {
	if ctxErr := ctx.Err(); errors.Is(ctxErr, context.Canceled) {
		return fmt.Errorf("engine %s: %w", e.s.Name, ctxErr)
	}
	f := failure{err: err, st: status.Convert(err)}
	if api, ok := apierror.FromError(err); ok {
		f.st, f.api = api.GRPCStatus(), api
	}
	switch f.st.Code() {
	case grpccodes.Unauthenticated:
		return e.auth("Google refuses its credentials", err)
	case grpccodes.PermissionDenied:
		return e.denied(f)
	case grpccodes.ResourceExhausted:
		return e.exhausted(f)
	case grpccodes.InvalidArgument, grpccodes.NotFound, grpccodes.FailedPrecondition, grpccodes.OutOfRange:
		return e.refused(f, r)
	case grpccodes.Unavailable:
		return e.unreachable(f)
	case grpccodes.DeadlineExceeded, grpccodes.Internal, grpccodes.Aborted, grpccodes.Unknown:
		return e.fail(engine.Error{
			Kind: engine.Retryable, After: f.after(), MayBeBilled: true,
			What: "Google did not answer as it should", Remedy: "it is tried again", Err: err,
			Trouble: edition.Trouble{Reason: map[bool]edition.TroubleReason{true: edition.TroubleLate, false: edition.TroubleFault}[f.st.Code() == grpccodes.DeadlineExceeded], Where: "Google", See: "timeout", Detail: f.st.Code().String()},
		})
	case grpccodes.Canceled:
		return e.fail(engine.Error{Kind: engine.Retryable, MayBeBilled: true, What: "the call was cut off", Remedy: "it is tried again", Err: err, Trouble: edition.Trouble{Reason: edition.TroubleCut, Where: "Google"}})
	}
	return e.fail(engine.Error{Kind: engine.Permanent, What: "Google refuses the request", Err: err, Trouble: edition.Trouble{Reason: edition.TroubleRefused, Where: "Google", Detail: f.st.Code().String()}})
}

// failure is an error of the service with its details.
type failure struct {
	err error
	st  *status.Status
	api *apierror.APIError
}

// reason is the service's reason, such as RATE_LIMIT_EXCEEDED.
func (f failure) reason() string {
	if f.api == nil {
		return ""
	}
	return f.api.Reason()
}

// says reports whether the service's message holds any of the words.
func (f failure) says(words ...string) bool {
	message := strings.ToLower(f.st.Message())
	for _, w := range words {
		if strings.Contains(message, w) {
			return true
		}
	}
	return false
}

// after is how long the service asks to wait.
func (f failure) after() time.Duration {
	if f.api == nil || f.api.Details().RetryInfo == nil {
		return 0
	}
	return f.api.Details().RetryInfo.GetRetryDelay().AsDuration()
}

// lasting reports whether a quota is of more than a minute.
func (f failure) lasting() bool {
	if f.api == nil {
		return f.says("daily limit", "per day")
	}
	m := f.api.Metadata()
	return f.says("daily limit", "per day") || strings.HasPrefix(m["quota_unit"], "1/d") || strings.Contains(m["quota_limit"], "PerDay")
}

func (e *Engine) fail(err engine.Error) error {
	err.Engine = e.s.Name
	return &err
}

// auth is an error of credentials: it names the file or variable to look at.
func (e *Engine) auth(what string, cause error) error {
	remedy := "set " + credentialsVariable + " to a service account's key file, or run `gcloud auth application-default login`"
	told := edition.Trouble{Reason: edition.TroubleCredentials, Where: "Google", See: credentialsVariable}
	switch {
	case e.s.CredentialsFile != "":
		remedy = fmt.Sprintf("look at the file set as the engine's credentials (%s)", e.s.CredentialsFile)
		told.See = e.s.CredentialsFile
	case os.Getenv(credentialsVariable) != "":
		remedy = fmt.Sprintf("look at the file that %s names (%s)", credentialsVariable, os.Getenv(credentialsVariable))
		told.See += " (" + os.Getenv(credentialsVariable) + ")"
	}
	return e.fail(engine.Error{Kind: engine.Auth, What: what, Remedy: remedy, Err: cause, Trouble: told})
}

// denied tells apart what the service answers with "permission denied": quotas
// (it says so in words only), a service that is switched off, unpaid bills,
// rights.
func (e *Engine) denied(f failure) error {
	const console = "https://console.cloud.google.com"
	switch {
	case f.says("daily limit exceeded", "rate limit exceeded", "quota exceeded"):
		return e.exhausted(f)
	case f.reason() == "SERVICE_DISABLED", f.says("has not been used in project", "it is disabled"):
		return e.fail(engine.Error{
			Kind: engine.Auth, What: "the Cloud Translation API is switched off in project " + e.s.Project,
			Remedy: "enable translate.googleapis.com at " + console, Err: f.err,
			Trouble: edition.Trouble{Reason: edition.TroubleSwitchedOff, Where: "Cloud Translation API", See: e.s.Project},
		})
	case f.reason() == "BILLING_DISABLED", f.says("billing"):
		return e.fail(engine.Error{
			Kind: engine.Quota, What: "billing is not active for project " + e.s.Project,
			Remedy: "look at its billing account at " + console, Err: f.err,
			Trouble: edition.Trouble{Reason: edition.TroubleBilling, Where: "Google", See: e.s.Project},
		})
	}
	err := e.auth("the credentials may not translate in project "+e.s.Project, f.err)
	var auth *engine.Error
	if errors.As(err, &auth) {
		auth.Remedy = "give the account the role Cloud Translation API User (roles/cloudtranslate.user), or " + auth.Remedy
		auth.Trouble = edition.Trouble{Reason: edition.TroubleRights, Where: e.s.Project, See: "roles/cloudtranslate.user"}
	}
	return err
}

// exhausted tells a minute's quota from a day's, and from an answer that was
// larger than we take.
func (e *Engine) exhausted(f failure) error {
	switch {
	case f.says("received message larger than max"):
		return engine.TooLarge(e.s.Name, maxReply)
	case f.lasting():
		return e.fail(engine.Error{
			Kind: engine.Quota, After: f.after(), What: "the day's quota of project " + e.s.Project + " is used up",
			Remedy: "wait until midnight Pacific time, or raise the quota of the Cloud Translation API", Err: f.err,
			Trouble: edition.Trouble{Reason: edition.TroubleQuota, Where: e.s.Project},
		})
	}
	return e.fail(engine.Error{
		Kind: engine.Retryable, After: f.after(), What: "more was asked of Google in a minute than project " + e.s.Project + " may",
		Remedy: "it is tried again; if this stays, look at the project's quota and billing", Err: f.err,
		Trouble: edition.Trouble{Reason: edition.TroubleBusy, Where: "Google"},
	})
}

// refused is what the service finds wrong with a request.
func (e *Engine) refused(f failure, r engine.Request) error {
	switch {
	case f.says("target language is invalid", "source language is invalid", "bad language pair", "language pair"):
		err := engine.NoLanguage(e.s.Name, r.Source, r.Target)
		err.Err = f.err
		return err
	case f.says("glossary") && e.s.SyncGlossary:
		return e.fail(engine.Error{
			Kind: engine.Permanent, What: "Google cannot use the glossary that is kept for " + r.Target,
			Remedy: "run `dragoman engine sync " + e.s.Name + "`", Err: f.err,
			Trouble: edition.Trouble{Reason: edition.TroubleGlossary, Where: "Google", See: "dragoman engine sync " + e.s.Name},
		})
	case f.says("glossary"):
		return e.fail(engine.Error{
			Kind: engine.Permanent, What: fmt.Sprintf("Google cannot use the glossary %q", e.s.Glossary),
			Remedy: "check its name, its languages, and that its region is " + e.s.Location, Err: f.err,
			Trouble: edition.Trouble{Reason: edition.TroubleGlossary, Where: "Google", See: e.s.Glossary},
		})
	case f.says("model"):
		return e.fail(engine.Error{
			Kind: engine.Permanent, What: fmt.Sprintf("Google has no model %q in %s", e.s.Model, e.s.Location),
			Remedy: "set the engine's model to nmt or translation-llm, and a location that has it", Err: f.err,
			Trouble: edition.Trouble{Reason: edition.TroubleModel, Where: "Google", See: e.s.Model},
		})
	}
	return e.fail(engine.Error{Kind: engine.Permanent, What: "Google refuses the request (" + f.st.Code().String() + ")", Err: f.err, Trouble: edition.Trouble{Reason: edition.TroubleRefused, Where: "Google", Detail: f.st.Code().String()}})
}

// unreachable tells a certificate that does not verify, which no retry mends,
// from passing trouble. Whether a call that was cut did its work is not known,
// unless there never was a connection; an answer of the service itself carries
// details, and then it did not.
func (e *Engine) unreachable(f failure) error {
	if f.says("x509:", "tls: failed to verify", "certificate") {
		return e.fail(engine.Error{
			Kind: engine.Permanent, What: "the certificate of Google's endpoint does not verify",
			Remedy: "check the engine's endpoint, the machine's clock and its list of authorities; something may be in between", Err: f.err,
			Trouble: edition.Trouble{Reason: edition.TroubleCertificate, Where: "Google"},
		})
	}
	if f.says("credentials", "oauth2", "token") {
		return e.auth("no access token could be had with its credentials", f.err)
	}
	return e.fail(engine.Error{
		Kind: engine.Retryable, After: f.after(), MayBeBilled: f.after() == 0 && !f.says("while dialing", "name resolver", "no such host", "server preface", "handshake"),
		What: "Google cannot be reached", Remedy: "it is tried again; check the network if this stays", Err: f.err,
		Trouble: edition.Trouble{Reason: edition.TroubleUnreachable, Where: "Google"},
	})
}
