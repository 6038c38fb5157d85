package content

import "testing"

func TestNormalise(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"", ""},
		{"The “war crimes” of  Russia’s jets – now", `The "war crimes" of Russia's jets - now`},
		{" a\u00a0\t\nb ", "a b"},
		{"caf\u0065\u0301", "café"},
		{"⟦1⟧«Syria»⟦/1⟧⟦2/⟧", `⟦1⟧"Syria"⟦/1⟧⟦2/⟧`},
		{"soft\u00adhyphen\u200f", "softhyphen"},
		{"Stops. Stay; here: 5,000 … ؟", "Stops. Stay; here: 5,000 … ؟"},
	}
	for _, tt := range tests {
		if got := Normalise(tt.in); got != tt.want {
			t.Errorf("Normalise(%q) = %q, want %q", tt.in, got, tt.want)
		}
		if got := Normalise(tt.want); got != tt.want {
			t.Errorf("Normalise(%q) = %q, want it unchanged", tt.want, got)
		}
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	if ExactHash("“a”") == ExactHash(`"a"`) {
		t.Error("ExactHash does not tell quotes apart")
	}
	if NormalisedHash("“a”  b") != NormalisedHash(`"a" b`) {
		t.Error("NormalisedHash tells quotes or spaces apart")
	}
	if NormalisedHash("a") == NormalisedHash("⟦1⟧a⟦/1⟧") {
		t.Error("NormalisedHash does not see codes")
	}
	h := ExactHash("abc")
	if got, want := h.String(), "ba7816bf8f01cfea414140de5dae2223"; got != want {
		t.Errorf("ExactHash(abc) = %s, want %s (FIPS 180-2, B.1)", got, want)
	}
	back, err := ParseHash(h.String())
	if err != nil || back != h {
		t.Errorf("ParseHash = %v, %v", back, err)
	}
	for _, bad := range []string{"", "ba78", "zz7816bf8f01cfea414140de5dae2223"} {
		if _, err := ParseHash(bad); err == nil {
			t.Errorf("ParseHash(%q) gave no error", bad)
		}
	}
}

const sentence = "The Syrian Coalition called on the UN Security Council to take immediate action to put an immediate end to the war crimes."

func BenchmarkExactHash(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		ExactHash(sentence)
	}
}

func BenchmarkNormalisedHash(b *testing.B) {
	for name, s := range map[string]string{"ascii": sentence, "quotes": "“" + sentence + "”"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				NormalisedHash(s)
			}
		})
	}
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"“a”", "e\u200b\u0301", "\u1fef", " a\u00a0 "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Normalise(s)
		if twice := Normalise(once); twice != once {
			t.Errorf("Normalise(%q) = %q, again = %q", s, once, twice)
		}
	})
}
