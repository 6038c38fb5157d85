package googlefake

import (
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"
)

const domain = "googleapis.com"

var service = map[string]string{"service": "translate.googleapis.com", "consumer": "projects/123456789"}

func with(code codes.Code, message string, details ...protoadapt.MessageV1) error {
	st, err := status.New(code, message).WithDetails(details...)
	if err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	return st.Err()
}

func info(reason string, more map[string]string) *errdetails.ErrorInfo {
	meta := map[string]string{}
	for k, v := range service {
		meta[k] = v
	}
	for k, v := range more {
		meta[k] = v
	}
	return &errdetails.ErrorInfo{Reason: reason, Domain: domain, Metadata: meta}
}

func retryIn(d time.Duration) *errdetails.RetryInfo {
	return &errdetails.RetryInfo{RetryDelay: durationpb.New(d)}
}

// rateLimited is the answer to more than a minute's quota.
func rateLimited(after time.Duration) error {
	return with(codes.ResourceExhausted,
		"Quota exceeded for quota metric 'v2 and v3 general model characters' and limit 'v2 and v3 general model characters per minute' of service 'translate.googleapis.com'.",
		info("RATE_LIMIT_EXCEEDED", map[string]string{
			"quota_limit": "V2AndV3GeneralModelCharactersPerMinutePerProject", "quota_unit": "1/min/{project}",
		}), retryIn(after))
}

// quotaUsed is the answer when a day's quota is used up.
func quotaUsed() error {
	return with(codes.ResourceExhausted, "Daily Limit Exceeded",
		info("RATE_LIMIT_EXCEEDED", map[string]string{
			"quota_limit": "V2AndV3GeneralModelCharactersPerDayPerProject", "quota_unit": "1/d/{project}",
		}))
}

func unavailable() error {
	return with(codes.Unavailable, "The service is currently unavailable.", retryIn(200*time.Millisecond))
}

func badCredentials() error {
	return with(codes.Unauthenticated,
		"Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
		info("ACCESS_TOKEN_TYPE_UNSUPPORTED", nil))
}

// invalid is the answer to a field that is wrong.
func invalid(field, message string) error {
	return with(codes.InvalidArgument, message, &errdetails.BadRequest{
		FieldViolations: []*errdetails.BadRequest_FieldViolation{{Field: field, Description: message}},
	})
}

func notFound(message string) error { return status.Error(codes.NotFound, message) }
