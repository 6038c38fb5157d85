package googlefake_test

import (
	"strings"
	"testing"
	"time"

	translate "cloud.google.com/go/translate/apiv3"
	"cloud.google.com/go/translate/apiv3/translatepb"
	"github.com/googleapis/gax-go/v2/apierror"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	"dragoman/internal/engine/fake"
	"dragoman/internal/engine/fake/googlefake"
)

const parent = "projects/p/locations/global"

func start(t *testing.T, o googlefake.Options) (*translate.TranslationClient, *googlefake.Server) {
	t.Helper()
	s, err := googlefake.Start("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	c, err := translate.NewTranslationClient(t.Context(), option.WithEndpoint(s.Addr()), option.WithoutAuthentication(),
		option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Close()
		s.Stop()
		s.Stop() // again: nothing happens
	})
	return c, s
}

func request(contents ...string) *translatepb.TranslateTextRequest {
	return &translatepb.TranslateTextRequest{
		Parent: parent, SourceLanguageCode: "en", TargetLanguageCode: "ar", MimeType: "text/plain", Contents: contents,
	}
}

func TestRefusesWhatTheServiceRefuses(t *testing.T) {
	t.Parallel()
	c, s := start(t, googlefake.Options{})
	for name, change := range map[string]func(*translatepb.TranslateTextRequest){
		"no contents":       func(r *translatepb.TranslateTextRequest) { r.Contents = nil },
		"too many contents": func(r *translatepb.TranslateTextRequest) { r.Contents = make([]string, 1025) },
		"too long":          func(r *translatepb.TranslateTextRequest) { r.Contents = []string{strings.Repeat("ä", 30_001)} },
		"no parent":         func(r *translatepb.TranslateTextRequest) { r.Parent = "" },
		"no target":         func(r *translatepb.TranslateTextRequest) { r.TargetLanguageCode = "" },
		"unknown source":    func(r *translatepb.TranslateTextRequest) { r.SourceLanguageCode = "xx" },
		"the same twice":    func(r *translatepb.TranslateTextRequest) { r.TargetLanguageCode = "en" },
		"unknown MIME type": func(r *translatepb.TranslateTextRequest) { r.MimeType = "text/markdown" },
		"label in capitals": func(r *translatepb.TranslateTextRequest) { r.Labels = map[string]string{"Release": "a"} },
		"model elsewhere": func(r *translatepb.TranslateTextRequest) {
			r.Model = "projects/p/locations/us-central1/models/general/nmt"
		},
		"glossary in global": func(r *translatepb.TranslateTextRequest) {
			r.GlossaryConfig = &translatepb.TranslateTextGlossaryConfig{Glossary: parent + "/glossaries/g"}
		},
	} {
		r := request("Good morning")
		change(r)
		_, err := c.TranslateText(t.Context(), r)
		if api, ok := apierror.FromError(err); !ok || api.GRPCStatus().Code() != codes.InvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(s.Ledger()) != 0 {
		t.Errorf("billed for what was refused: %+v", s.Ledger())
	}
}

func TestMarkedAndBilled(t *testing.T) {
	t.Parallel()
	c, s := start(t, googlefake.Options{})
	got, err := c.TranslateText(t.Context(), request("Good <morning>", "äöü"))
	if err != nil || len(got.Translations) != 2 || !strings.HasPrefix(got.Translations[0].TranslatedText, "‹زائف› ") {
		t.Fatalf("%v, %v", got, err)
	}
	if s.Billed() != 17 {
		t.Errorf("billed %d characters for 14 and 3", s.Billed())
	}
	r := request("Fish & <b>chips</b>")
	r.MimeType = "" // means text/html
	got, err = c.TranslateText(t.Context(), r)
	if err != nil || !strings.Contains(got.Translations[0].TranslatedText, "&amp;") || !strings.Contains(got.Translations[0].TranslatedText, "<b>") {
		t.Errorf("a blank MIME type: %v, %v", got, err)
	}
	var header metadata.MD
	client := translatepb.NewTranslationServiceClient(c.Connection()) //lint:ignore SA1019 one connection is all that this test has
	if _, err := client.TranslateText(t.Context(), request("a"), grpc.Header(&header)); err != nil || header.Get("x-dragoman-fake") == nil {
		t.Errorf("the answer is not marked as fake: %v, %v", header, err)
	}
}

func TestErrorsCarryDetails(t *testing.T) {
	t.Parallel()
	c, s := start(t, googlefake.Options{Faults: fake.Faults{RetryAfter: 3 * time.Second}})
	s.Force(fake.RateLimited, 1)
	_, err := c.TranslateText(t.Context(), request("a"))
	api, ok := apierror.FromError(err)
	if !ok || api.Reason() != "RATE_LIMIT_EXCEEDED" || api.Domain() != "googleapis.com" || api.Details().RetryInfo.GetRetryDelay().AsDuration() != 3*time.Second {
		t.Errorf("429: %v", err)
	}
	s.Force(fake.Reset, 1)
	_, err = c.TranslateText(t.Context(), request("a"))
	if api, ok := apierror.FromError(err); !ok || api.GRPCStatus().Code() != codes.Unavailable {
		t.Errorf("reset: %v", err)
	}
	if _, err := c.TranslateText(t.Context(), request("a")); err != nil {
		t.Errorf("after a reset: %v", err)
	}
}

func TestQuotaOfAMinute(t *testing.T) {
	t.Parallel()
	now := time.Date(2018, 2, 5, 9, 0, 0, 0, time.UTC)
	c, s := start(t, googlefake.Options{CharactersPerMinute: 10, Now: func() time.Time { return now }})
	if _, err := c.TranslateText(t.Context(), request("12345678")); err != nil {
		t.Fatal(err)
	}
	if _, err := c.TranslateText(t.Context(), request("12345678")); err == nil {
		t.Error("16 characters of 10")
	}
	now = now.Add(time.Minute)
	if _, err := c.TranslateText(t.Context(), request("12345678")); err != nil {
		t.Error(err)
	}
	if s.Billed() != 16 {
		t.Errorf("billed %d", s.Billed())
	}
}

func TestGlossaryFromMissingObject(t *testing.T) {
	t.Parallel()
	c, _ := start(t, googlefake.Options{})
	place := "projects/p/locations/us-central1"
	op, err := c.CreateGlossary(t.Context(), &translatepb.CreateGlossaryRequest{Parent: place, Glossary: &translatepb.Glossary{Name: place + "/glossaries/g"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := op.Poll(t.Context()); err == nil {
		t.Error("a glossary was made of a file that is not there")
	}
}
