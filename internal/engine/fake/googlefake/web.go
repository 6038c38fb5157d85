package googlefake

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"dragoman/internal/engine/fake"
)

// webServer is what is not gRPC: the part of Cloud Storage that glossaries are
// made from, and the bill.
func (s *Server) webServer() *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /upload/storage/v1/b/{bucket}/o", s.upload)
	mux.HandleFunc("GET /bill", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, s.Bill()) })
	return &http.Server{
		ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Dragoman-Fake", "google")
			mux.ServeHTTP(w, r)
		}),
	}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// upload takes a file, as Cloud Storage's JSON API does (uploadType=media).
func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	bucket, name := r.PathValue("bucket"), r.URL.Query().Get("name")
	problem := func(status int, message string) {
		answer(w, status, map[string]any{"error": map[string]any{"code": status, "message": message}})
	}
	const most = 64 << 20
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	switch {
	case s.o.Token != "" && r.Header.Get("Authorization") != "Bearer "+s.o.Token:
		problem(http.StatusUnauthorized, "Invalid Credentials")
	case s.o.Buckets != nil && !slices.Contains(s.o.Buckets, bucket):
		problem(http.StatusNotFound, "The specified bucket does not exist.")
	case r.URL.Query().Get("uploadType") != "media" || name == "" || err != nil:
		problem(http.StatusBadRequest, "Required parameter: name")
	default:
		s.mu.Lock()
		s.objects["gs://"+bucket+"/"+name] = string(data)
		s.mu.Unlock()
		answer(w, http.StatusOK, map[string]any{"kind": "storage#object", "bucket": bucket, "name": name})
	}
}

// Bill is what was asked so far and what it cost.
func (s *Server) Bill() fake.Bill {
	b := fake.Bill{Fake: "google"}
	for _, c := range s.Ledger() {
		b.Add(fake.BillLine{Call: c.Call, Target: c.Target, Items: c.Contents, Characters: c.Characters, Billed: c.Billed, Fault: c.Fault})
	}
	return b
}
