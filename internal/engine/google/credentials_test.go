package google

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"dragoman/internal/engine"
	"dragoman/internal/engine/enginetest"
	"dragoman/internal/engine/fake/googlefake"
)

// TestTheUsualWaysOfCredentials: a file in the settings, the file that the
// variable names, what gcloud left, and the machine's own account each get a
// token that the service accepts.
func TestTheUsualWaysOfCredentials(t *testing.T) {
	const token = "a-token"
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Metadata-Flavor", "Google")
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": token, "expires_in": 3600, "token_type": "Bearer"})
	}))
	defer tokens.Close()
	config := selfSigned(t)
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	server, err := googlefake.Start("127.0.0.1:0", googlefake.Options{TLS: config, Token: token, Accept: func(bearer string) bool { return signed(bearer, &private.PublicKey) }})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	leaf, err := x509.ParseCertificate(config.Certificates[0].Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	trusted := option.WithGRPCDialOption(grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{RootCAs: pool})))

	home := t.TempDir()
	key := filepath.Join(home, "key.json")
	account(t, key, private)
	use := func(name string, s engine.Settings) {
		t.Helper()
		s.Project, s.Endpoint = "p", server.Addr()
		e, err := WithOptions(s, trusted)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		if _, err := e.Translate(t.Context(), engine.Request{Source: "en", Target: "ar", Segments: enginetest.Sentences(1)}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	t.Setenv("HOME", home)
	t.Setenv("CLOUDSDK_CONFIG", filepath.Join(home, "gcloud"))
	t.Setenv(credentialsVariable, "")
	use("a file in the settings", engine.Settings{CredentialsFile: key})
	t.Setenv(credentialsVariable, key)
	use("the file that the variable names", engine.Settings{})
	t.Setenv(credentialsVariable, "")
	adc := filepath.Join(home, ".config", "gcloud", "application_default_credentials.json")
	if err := os.MkdirAll(filepath.Dir(adc), 0o700); err != nil {
		t.Fatal(err)
	}
	account(t, adc, private)
	use("what gcloud left", engine.Settings{})
	if err := os.Remove(adc); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GCE_METADATA_HOST", strings.TrimPrefix(tokens.URL, "http://"))
	use("the machine's own account", engine.Settings{})
}

// clerk is the service account.
const clerk = "press@example.org"

// signed reports whether a bearer is the account's own assertion, which Google
// takes in a token's place.
func signed(bearer string, key *rsa.PublicKey) bool {
	parts := strings.Split(bearer, ".")
	if len(parts) != 3 {
		return false
	}
	claims, _ := base64.RawURLEncoding.DecodeString(parts[1])
	signature, _ := base64.RawURLEncoding.DecodeString(parts[2])
	var c struct{ Iss string }
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	return json.Unmarshal(claims, &c) == nil && c.Iss == clerk && rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
}

// account writes the key of a service account.
func account(t *testing.T, file string, key *rsa.PrivateKey) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": clerk, "private_key_id": "1", "project_id": "p",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), "token_uri": "https://example.invalid/",
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
